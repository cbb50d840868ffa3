package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.cli.CapturedRun;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.gpu.telemetry.ConfiguredTelemetry;
import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.gpu.telemetry.GpuTelemetry;
import dev.morphene.gpu.telemetry.GpuTelemetryChoice;
import dev.morphene.gpu.telemetry.ProcessMemory;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.rave.torch.TorchBuild;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpuChoiceTest {
  private static final GpuUuid FIRST = new GpuUuid("GPU-00000000-0000-0000-0000-000000000001");
  private static final GpuUuid SECOND = new GpuUuid("GPU-00000000-0000-0000-0000-000000000002");
  private static final GpuUuid ABSENT = new GpuUuid("GPU-00000000-0000-0000-0000-000000000003");

  private static GpuTelemetryChoice both() {
    return new GpuTelemetryChoice(
        Optional.of(
            new ConfiguredTelemetry(
                List.of(
                    new ConfiguredTelemetry.Device(FIRST, "Small", ByteSize.ofGb(8)),
                    new ConfiguredTelemetry.Device(SECOND, "Large", ByteSize.ofGb(24))),
                InstantSource.system())),
        "GPU telemetry comes from the test.");
  }

  private static GpuTelemetryChoice neverAsked() {
    throw new AssertionError("Only a named GPU is looked for.");
  }

  @Test
  void aNumberIsTakenAsItIs() {
    assertThat(GpuChoice.of("1").place(true, GpuChoiceTest::neverAsked))
        .isEqualTo(new GpuChoice.Place("cuda:1", Map.of()));
    assertThat(GpuChoice.of("-1").place(true, GpuChoiceTest::neverAsked))
        .isEqualTo(new GpuChoice.Place("cpu", Map.of()));
  }

  @Test
  void aNumberMeansTheProcessorWithoutCuda() {
    assertThat(GpuChoice.of("0").place(false, GpuChoiceTest::neverAsked).device()).isEqualTo("cpu");
  }

  @Test
  void aNamedGpuIsTheOnlyOneThatTheTrainingSees() {
    assertThat(GpuChoice.of(SECOND.value()).place(true, GpuChoiceTest::both))
        .isEqualTo(new GpuChoice.Place("cuda:0", Map.of("CUDA_VISIBLE_DEVICES", SECOND.value())));
  }

  @Test
  void anUnknownGpuIsToldWithThoseThereAre() {
    GpuChoice absent = GpuChoice.of(ABSENT.value());
    assertThatThrownBy(() -> absent.place(true, GpuChoiceTest::both))
        .isInstanceOf(CommandFailure.class)
        .hasMessage(
            "This machine has no GPU %s; choose among %s (Small), %s (Large)."
                .formatted(ABSENT, FIRST, SECOND));
    assertThatThrownBy(
            () ->
                absent.place(
                    true,
                    () -> new GpuTelemetryChoice(Optional.empty(), "This node has no telemetry.")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("No GPU of this machine can be read")
        .hasMessageEndingWith("This node has no telemetry.");
  }

  @Test
  void aGpuThatCannotBeReadIsRefusedWithTheReason() {
    GpuTelemetry lost = new LostGpu();
    assertThatThrownBy(
            () ->
                GpuChoice.of(FIRST.value())
                    .place(true, () -> new GpuTelemetryChoice(Optional.of(lost), "")))
        .isInstanceOf(CommandFailure.class)
        .hasMessage(FIRST + " cannot be used now: The driver lost it.");
  }

  @Test
  void withoutCudaANameIsRefused() {
    Assumptions.assumeFalse(TorchBuild.isForCuda(), "SKIPPED: this is a build for CUDA");
    CapturedRun run =
        CapturedRun.of(
            "train", "--name", "n", "--db_path", "none", "--out_path", "o", "--gpu", FIRST.value());
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.err())
        .contains("libtorch computes on the processor", FIRST + " cannot be used", "-Pcuda");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2", "first", "GPU-", "cuda:0", "GPU-a b", ""})
  void anythingElseIsRefused(String word) {
    assertThatThrownBy(() -> GpuChoice.of(word))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("or a UUID (GPU-...)")
        .hasMessageContaining("not \"" + word + "\"");
  }

  private static final class LostGpu implements GpuTelemetry {
    @Override
    public List<GpuReading> read() {
      return List.of(
          new GpuReading.Unreadable(
              FIRST, "Small", "The driver lost it.", GpuReading.Health.LOST, Instant.EPOCH));
    }

    @Override
    public Map<GpuUuid, ProcessMemory> processes() {
      return Map.of();
    }

    @Override
    public String source() {
      return "the test";
    }

    @Override
    public Optional<String> driverVersion() {
      return Optional.empty();
    }

    @Override
    public Duration interval() {
      return Duration.ofSeconds(1);
    }

    @Override
    public void close() {}
  }
}
