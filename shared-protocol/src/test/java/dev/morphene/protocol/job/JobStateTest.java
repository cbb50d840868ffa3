package dev.morphene.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobStateTest {
  @Test
  void aCompletedJobStaysCompletedAndOtherEndsAreLeftOnlyByARetry() {
    for (JobState next : JobState.values()) {
      assertThat(JobState.COMPLETED.canTransitionTo(next)).isFalse();
      assertThat(JobState.FAILED.canTransitionTo(next)).isEqualTo(next == JobState.PENDING);
      assertThat(JobState.CANCELLED.canTransitionTo(next)).isEqualTo(next == JobState.PENDING);
    }
  }

  @Test
  void everyStateThatIsNoEndCanBeCancelled() {
    for (JobState state : JobState.values()) {
      if (!state.isEnd()) {
        assertThat(state.canTransitionTo(JobState.CANCELLED)).as(state.word()).isTrue();
      }
    }
  }

  @Test
  void queuedShowsAsPending() {
    assertThat(JobState.QUEUED.shownAs()).isEqualTo("pending");
    assertThat(JobState.RUNNING.shownAs()).isEqualTo("running");
  }
}
