package dev.morphene.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.AuditSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageRoundTripTest {
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(7), new AttemptNumber(2));
  private static final WorkerId WORKER = new WorkerId("node-1");
  private static final GpuUuid CPU = new GpuUuid("CPU");
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final SessionId SESSION = new SessionId(new UUID(1, 2));
  private static final JobNeed NEED = JobNeed.of(ByteSize.ofGb(16));

  static Stream<Object> messages() {
    return Stream.of(
        JobMessage.of(ATTEMPT, Optional.of(NEED)),
        JobMessage.of(ATTEMPT, Optional.empty()),
        new JoinRequest(1, WORKER, SESSION, "host", Optional.of("secret")),
        new JoinReply.Accepted(20_000),
        new JoinReply.Refused("wrong token"),
        new NodeCommand.Drain(1, SESSION),
        new NodeCommand.Direct(1, ATTEMPT, HeartbeatReply.Action.CHECKPOINT),
        new ClaimRequest(
            2, WORKER, SESSION, List.of(new ClaimRequest.Claim(ATTEMPT, CPU)), List.of(ATTEMPT)),
        new ClaimReply(
            2,
            20_000,
            List.of(
                new ClaimReply.Granted(
                    ATTEMPT,
                    new AuditSpec("/c", 5, "/m", "/n", "/o", OptionalDouble.of(30)),
                    ProtocolJson.mapper().createObjectNode(),
                    Optional.of(NEED.withAtMost(1)))),
            List.of(new ClaimReply.Refused(ATTEMPT, "cancelled"))),
        new Heartbeat(
            2,
            WORKER,
            SESSION,
            "host",
            List.of(JobKind.TRAIN),
            List.of(
                new Heartbeat.Device(
                    CPU,
                    "two cores",
                    ByteSize.ofGb(8),
                    Optional.empty(),
                    1,
                    "HOST",
                    Optional.of("hot"))),
            List.of(ATTEMPT),
            List.of(new Heartbeat.Room(QueueName.work(JobKind.AUDIT), 2)),
            true),
        new HeartbeatReply(
            2,
            HeartbeatReply.Standing.JOINED,
            20_000,
            List.of(new HeartbeatReply.Directive(ATTEMPT, HeartbeatReply.Action.CANCEL)),
            List.of(new HeartbeatReply.Reserved(CPU, NEED)),
            true,
            true),
        event(new AttemptReport.Started(9, "cpu", Map.of("config", "tiny"))),
        event(
            new AttemptReport.Progressed(
                "representation",
                1,
                2,
                OptionalDouble.of(0.5),
                OptionalLong.empty(),
                new ByteSize(5),
                Map.of("loss", 1.0))),
        event(new AttemptReport.Validated(1, 1, 0.25, Map.of())),
        event(new AttemptReport.CheckpointStored(1, 1, "/c", "ab", new ByteSize(3))),
        event(new AttemptReport.Warned("left out")),
        event(
            new AttemptReport.HealthNoticed(
                "silence", 2_000, "It is silent.", Map.of("output_decibels", -90.0))),
        event(new AttemptReport.Logged(List.of("epoch 1"), 3)),
        event(
            new AttemptReport.Completed(
                ProtocolJson.mapper().createObjectNode().put("x", 1), new ByteSize(3))),
        event(
            new AttemptReport.Failed(
                ErrorClass.STORAGE, "full", List.of("line"), "free some", new ByteSize(0))),
        event(new AttemptReport.GivenBack(ErrorClass.DRAINED, 4)),
        new TelemetryBatch(
            2,
            WORKER,
            SESSION,
            3,
            4,
            List.of(
                new TelemetryBatch.MemorySample(
                    ATTEMPT, CPU, AT, new ByteSize(1), OptionalInt.of(2))),
            List.of(
                new TelemetryBatch.GpuSample(
                    CPU, AT, new ByteSize(9), Optional.of(new ByteSize(1)), OptionalInt.of(50)))));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isReadBackEqual(Object message) throws Exception {
    Class<?> type = message.getClass();
    if (message instanceof JoinReply) {
      type = JoinReply.class;
    } else if (message instanceof NodeCommand) {
      type = NodeCommand.class;
    }
    assertThat((Object) ProtocolJson.read(ProtocolJson.write(message), type)).isEqualTo(message);
  }

  private static EventBatch event(AttemptReport report) {
    return EventBatch.of(new AttemptEvent(1, ATTEMPT, WORKER, 3, AT, report));
  }
}
