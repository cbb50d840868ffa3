package dev.morphene.gpu.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.gpu.CompiledFake;
import dev.morphene.gpu.Script;
import dev.morphene.gpu.nvml.FakeControl;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTelemetryChoiceTest {
  private static final GpuUuid GPU = new GpuUuid("GPU-00000000-0000-0000-0000-000000000001");
  private static final ConfiguredTelemetry.Device STATED =
      new ConfiguredTelemetry.Device(GPU, "stated by ops", ByteSize.ofGb(24));

  @TempDir private Path folder;

  @Test
  void nvmlComesFirst() {
    Path library = CompiledFake.compile(folder, "fake_nvml.c", "libfake-nvml.so.1");
    FakeControl.of(library).fake_add(GPU.value(), "Fake", 1L << 30, 0, 0);
    GpuTelemetryChoice choice = choose(Optional.of(library), "none", List.of(STATED));
    assertThat(choice.why())
        .isEqualTo("GPU telemetry comes from NVML (" + library + ", driver 555.42.fake).");
    choice.telemetry().orElseThrow().close();
    assertThat(FakeControl.of(library).fake_refcount()).isZero();
  }

  @Test
  void nvmlWithoutAGpuIsClosedAndPassedOver() {
    Path library = CompiledFake.compile(folder, "fake_nvml.c", "libfake-nvml.so.1");
    GpuTelemetryChoice choice = choose(Optional.of(library), "none", List.of(STATED));
    assertThat(choice.why())
        .startsWith("GPU telemetry comes from the configuration (1 stated, nothing measured)")
        .contains("finds no GPU, and none could not be started");
    assertThat(FakeControl.of(library).fake_refcount()).isZero();
    GpuReading.Available reading =
        (GpuReading.Available) choice.telemetry().orElseThrow().read().get(0);
    assertThat(reading.source()).isEqualTo(GpuReading.Source.CONFIGURED);
    assertThat(reading.free()).isEqualTo(ByteSize.ofGb(24));
    assertThat(reading.utilisationPercent()).isEmpty();
  }

  @Test
  void nvidiaSmiComesSecond() throws IOException {
    Path smi =
        Script.write(
            folder.resolve("smi"), "echo '0, " + GPU + ", H200, 560, 1000, 1, 900, 3, [N/A]'");
    GpuTelemetryChoice choice = choose(missing(), smi.toString(), List.of(STATED));
    assertThat(choice.why())
        .startsWith("GPU telemetry comes from " + smi + " (driver 560), because ")
        .contains("cannot open shared object file");
  }

  @Test
  void withoutAnythingThereIsASentence() {
    GpuTelemetryChoice choice = choose(missing(), "none", List.of());
    assertThat(choice.telemetry()).isEmpty();
    assertThat(choice.why())
        .startsWith("This node has no GPU telemetry, and no device is configured, because ")
        .endsWith(".");
  }

  @Test
  void theStandardSettingsWorkOnAnyMachine() {
    GpuTelemetryChoice choice =
        GpuTelemetryChoice.choose(
            GpuTelemetryChoice.Settings.standard(List.of(STATED)), InstantSource.system());
    assertThat(choice.why()).startsWith("GPU telemetry comes from ");
    assertThat(choice.telemetry().orElseThrow().read()).isNotEmpty();
    choice.telemetry().get().close();
  }

  @Test
  void aBudgetOfNothingIsRefused() {
    assertThatThrownBy(() -> new ConfiguredTelemetry.Device(GPU, "x", new ByteSize(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The budget of " + GPU + " is 0 bytes; state what jobs may use there.");
  }

  private Optional<Path> missing() {
    return Optional.of(folder.resolve("missing.so.1"));
  }

  private GpuTelemetryChoice choose(
      Optional<Path> library, String smi, List<ConfiguredTelemetry.Device> configured) {
    return GpuTelemetryChoice.choose(
        new GpuTelemetryChoice.Settings(
            library, smi, Duration.ofSeconds(120), configured, Path.of("/proc"), Optional.empty()),
        InstantSource.system());
  }
}
