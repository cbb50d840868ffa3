package dev.morphene.agent.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.placement.JobNeed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PassedOverTest {
  private static final long NOW = 5_000_000_000L;
  private static final long TWO_MINUTES = Duration.ofMinutes(2).toNanos();

  private final PassedOver passedOver = new PassedOver();

  private static AttemptId attempt(long job) {
    return new AttemptId(new JobId(job), new AttemptNumber(1));
  }

  private static JobMessage job(long job, int gigabytes) {
    return JobMessage.of(attempt(job), Optional.of(new JobNeed(ByteSize.ofGb(gigabytes), 3)));
  }

  private List<Long> order(long nowNanos, JobMessage... messages) {
    return Arrays.stream(messages)
        .sorted(passedOver.order(nowNanos))
        .map(message -> message.attempt().job().value())
        .toList();
  }

  @Test
  void theLargestGoesFirstAndWhatNeedsNoGpuLastAsItCame() {
    JobMessage first = JobMessage.of(attempt(4), Optional.empty());
    JobMessage second = JobMessage.of(attempt(3), Optional.empty());
    assertThat(order(NOW, first, job(1, 8), second, job(2, 27))).containsExactly(2L, 1L, 4L, 3L);
  }

  @Test
  void whatLostLongAgoGoesFirstOldestFirst() {
    passedOver.remember(attempt(1), NOW);
    passedOver.remember(attempt(2), NOW + 1);
    passedOver.remember(attempt(1), NOW + TWO_MINUTES);
    JobMessage[] at = {job(3, 27), job(2, 9), job(1, 8)};
    assertThat(order(NOW + TWO_MINUTES - 1, at)).containsExactly(3L, 2L, 1L);
    assertThat(order(NOW + TWO_MINUTES, at)).containsExactly(1L, 3L, 2L);
    assertThat(order(NOW + TWO_MINUTES + 1, at)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatFoundAPlaceIsForgotten() {
    passedOver.remember(attempt(1), NOW);
    passedOver.forget(attempt(1));
    assertThat(order(NOW + 2 * TWO_MINUTES, job(1, 8), job(2, 27))).containsExactly(2L, 1L);
  }
}
