package dev.morphene.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.view.JobView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JobLineTest {
  @Test
  void aRunningJobShowsStageStepSpeedLossTimeLeftAndMemory() {
    String line =
        JobLine.of(
            job(
                JobState.RUNNING,
                Optional.of(
                    new JobView.Progress(
                        "representation",
                        500,
                        1_000,
                        OptionalDouble.of(7.25),
                        OptionalLong.of(69_000),
                        ByteSize.ofGb(1.5),
                        Map.of("loss", 3.5))),
                Optional.empty()));
    assertThat(line)
        .containsPattern("██████████░░░░░░░░░░|##########\\.{10}")
        .contains("representation 500/1,000", "7.3/s", "loss 3.500")
        .contains("ETA 1:09", "1.5 GB");
  }

  @Test
  void aFailedJobShowsWhy() {
    String line =
        JobLine.of(
            job(
                JobState.FAILED,
                Optional.empty(),
                Optional.of(
                    new JobView.Error(
                        ErrorClass.STORAGE, "The disk is full.", List.of(), "Free space."))));
    assertThat(line).contains("failed", "The disk is full.");
  }

  @Test
  void longTimesShowHours() {
    assertThat(JobLine.clock(Duration.ofSeconds(3_725))).isEqualTo("1:02:05");
  }

  private static JobView job(
      JobState state, Optional<JobView.Progress> progress, Optional<JobView.Error> error) {
    return new JobView(
        new JobId(2),
        new BatchId(new UUID(1, 2)),
        "train",
        JobKind.TRAIN,
        Optional.empty(),
        0,
        state,
        1,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        progress,
        error,
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty());
  }
}
