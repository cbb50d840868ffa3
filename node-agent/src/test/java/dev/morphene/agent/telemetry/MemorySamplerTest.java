package dev.morphene.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.agent.FakeCoordinator;
import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.child.Child;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.placement.Placement;
import dev.morphene.agent.placement.SlotAdmission;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemorySamplerTest {
  private static final GpuUuid CPU = new GpuUuid("CPU");
  private static final ByteSize TOTAL = ByteSize.ofGb(8);

  /** A child by its process id; nobody asks anything else of it here. */
  private record ById(long processId) implements Child {
    @Override
    public AttemptId attempt() {
      return new AttemptId(new JobId(1), new AttemptNumber(1));
    }

    @Override
    public ChildEnd follow(Consumer<ProcessLine> onLine) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void send(ProcessCommand command) {}

    @Override
    public boolean startsOthers() {
      return true;
    }

    @Override
    public void renewLease(long untilNanos) {}

    @Override
    public void stop(Duration patience) {}

    @Override
    public void kill() {}
  }

  @Test
  @Timeout(300)
  void aForeignTrainerCountsWithTheChildThatStartedIt() throws IOException {
    Process child = new ProcessBuilder("sh", "-c", "sleep 600 & echo started; wait").start();
    try {
      assertThat(child.inputReader().readLine()).isEqualTo("started");
      long trainer = child.descendants().findFirst().orElseThrow().pid();
      RunningAttempt attempt =
          new RunningAttempt(
              new ById(child.pid()), Placement.onProcessors(1, QueueName.work(JobKind.AUDIT), CPU));
      sampler(id -> Optional.of(ByteSize.ofGb(id == trainer ? 6 : 1))).sample(List.of(attempt));
      assertThat(attempt.endReport(new ChildEnd(1, Optional.empty(), List.of())))
          .hasValueSatisfying(
              report ->
                  assertThat(((AttemptReport.Failed) report).peakMemory())
                      .isEqualTo(ByteSize.ofGb(7)));
    } finally {
      child.descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly();
    }
  }

  private static MemorySampler sampler(ResidentMemory memory) {
    Heartbeat.Device device =
        new Heartbeat.Device(CPU, "test", TOTAL, Optional.of(TOTAL), 1, "HOST", Optional.empty());
    return new MemorySampler(
        new FakeCoordinator(
            new AuditSpec("/c", 5, "/m", "/n", "/o", OptionalDouble.empty()), 10_000),
        new WorkerId("test-node"),
        SessionId.fresh(),
        memory,
        new SlotAdmission(List.of(JobKind.AUDIT), () -> device, 1),
        InstantSource.system());
  }
}
