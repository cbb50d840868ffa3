package dev.morphene.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.queue.QueueName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditWorkerTest {
  private final HostMemory memory = new HostMemory();

  @Test
  void takesEveryKindThatNeedsNoGpu() {
    assertThat(AuditWorker.admission(memory, 1).queues())
        .containsExactly(
            QueueName.work(JobKind.PREPROCESS),
            QueueName.work(JobKind.AUDIT),
            QueueName.work(JobKind.EXPORT));
  }

  @Test
  void slotsAreSharedByAllKinds() {
    Admission admission = AuditWorker.admission(memory, 1);
    Placement audit =
        admission.reserve(QueueName.work(JobKind.AUDIT), Optional.empty()).orElseThrow();
    assertThat(admission.hasRoomFor(QueueName.work(JobKind.EXPORT))).isFalse();
    assertThat(admission.reserve(QueueName.work(JobKind.EXPORT), Optional.empty())).isEmpty();
    admission.release(audit);
    assertThat(admission.reserve(QueueName.work(JobKind.EXPORT), Optional.empty())).isPresent();
  }

  @Test
  void reportsTheMemoryOfTheMachine() {
    assertThat(AuditWorker.admission(memory, 1).devices().get(0).total().bytes())
        .isGreaterThan(100_000_000L);
    assertThat(memory.of(ProcessHandle.current().pid()).orElseThrow().bytes())
        .isGreaterThan(10_000_000L);
    assertThatThrownBy(() -> AuditWorker.admission(memory, 0)).hasMessageContaining("one slot");
  }
}
