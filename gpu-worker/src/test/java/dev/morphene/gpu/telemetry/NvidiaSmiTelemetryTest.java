package dev.morphene.gpu.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.gpu.Script;
import dev.morphene.gpu.telemetry.GpuReading.Available;
import dev.morphene.gpu.telemetry.GpuReading.Health;
import dev.morphene.gpu.telemetry.GpuReading.Source;
import dev.morphene.gpu.telemetry.GpuReading.Unreadable;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against scripts in place of nvidia-smi; what the real one prints is not proven by them. */
class NvidiaSmiTelemetryTest {
  private static final GpuUuid FIRST = new GpuUuid("GPU-00000000-0000-0000-0000-000000000001");
  private static final GpuUuid SECOND = new GpuUuid("GPU-00000000-0000-0000-0000-000000000002");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final String FIRST_ROW =
      "0, " + FIRST + ", NVIDIA H200, 560.35.03, 143771, 628, 100000, 37, Disabled\n";
  private static final String SECOND_ROW =
      "1, " + SECOND + ", NVIDIA H200, 560.35.03, 143771, 628, 143000, 0, [N/A]\n";

  @TempDir private Path folder;
  private Path smi;
  private Path answer;

  @BeforeEach
  void write() throws IOException {
    answer = Files.writeString(folder.resolve("answer"), FIRST_ROW + SECOND_ROW);
    smi = Script.write(folder.resolve("nvidia-smi"), "cat " + answer);
  }

  @Test
  void readsMebibytesAndPercent() {
    GpuTelemetry telemetry = opened();
    assertThat(telemetry.read().get(0))
        .isEqualTo(
            new Available(
                FIRST,
                Optional.empty(),
                "NVIDIA H200",
                new ByteSize(143771L << 20),
                new ByteSize(100000L << 20),
                Optional.of(new ByteSize(628L << 20)),
                OptionalInt.of(37),
                NOW,
                Source.NVIDIA_SMI));
    assertThat(telemetry.read()).hasSize(2);
    assertThat(telemetry.driverVersion()).contains("560.35.03");
    assertThat(telemetry.source()).isEqualTo(smi + " (driver 560.35.03)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[N/A]",
        "[Not Supported]",
        "[Insufficient Permissions]",
        "[Unknown Error]",
        "",
        "12.5 W"
      })
  void whatIsNoNumberIsAbsent(String text) throws IOException {
    Files.writeString(
        answer,
        "0, " + FIRST + ", NVIDIA H200, 560, 143771, " + text + ", 100000, " + text + ", [N/A]\n");
    Available reading = (Available) opened().read().get(0);
    assertThat(reading.reserved()).isEmpty();
    assertThat(reading.utilisationPercent()).isEmpty();

    Files.writeString(
        answer, "0, " + FIRST + ", NVIDIA H200, 560, 143771, 1, " + text + ", 1, [N/A]\n");
    assertThat(((Unreadable) opened().read().get(0)).health()).isEqualTo(Health.DEGRADED);
  }

  @Test
  void migAndNonsenseAreUnreadable() throws IOException {
    Files.writeString(
        answer,
        "0, "
            + FIRST
            + ", NVIDIA H200, 560, 143771, 1, 100, 1, Enabled\n1, "
            + SECOND
            + ", NVIDIA H200, 560, 100, 1, 200, 1, Disabled\n");
    assertThat(opened().read())
        .extracting(reading -> ((Unreadable) reading).reason())
        .satisfiesExactly(
            mig -> assertThat(mig).startsWith("MIG is on"),
            nonsense -> assertThat(nonsense).contains("nonsense"));
  }

  @Test
  void anOldToolIsAskedForLess() throws IOException {
    smi =
        Script.write(
            folder.resolve("nvidia-smi"),
            "case \"$1\" in *memory.reserved*) echo 'Field \"memory.reserved\" is not a valid field"
                + " to query.'; exit 2;; esac\n"
                + "echo '0, "
                + FIRST
                + ", Tesla K80, 390.1, 11441, 11000, [Not Supported]'");
    Available reading = (Available) opened().read().get(0);
    assertThat(reading.free()).isEqualTo(new ByteSize(11000L << 20));
    assertThat(reading.reserved()).isEmpty();
  }

  @Test
  void aGpuThatIsLostBesideOthersIsLost() throws IOException {
    GpuTelemetry telemetry = opened();
    smi =
        Script.write(
            smi,
            "echo '"
                + FIRST_ROW.strip()
                + "'\n"
                + "echo 'Unable to determine the device handle for GPU 1: GPU is lost.'\n"
                + "exit 15");
    List<GpuReading> readings = telemetry.read();
    assertThat(readings.get(0)).isInstanceOf(Available.class);
    assertThat(((Unreadable) readings.get(1)).health()).isEqualTo(Health.LOST);
    assertThat(((Unreadable) readings.get(1)).reason()).contains("ended with code 15");
  }

  @Test
  void aToolThatHangsIsKilledWithAllItStarted() throws Exception {
    Path pid = folder.resolve("pid");
    // A starved machine may not get as far as the sleeper: then with more patience.
    for (long millis = 500; !Files.exists(pid); millis *= 2) {
      Script.write(smi, "cat " + answer);
      if (open(Duration.ofMillis(millis)) instanceof TelemetryOpening.Opened opened) {
        Script.write(
            smi, "sleep 600 & echo $! > " + pid + ".new; mv " + pid + ".new " + pid + "; wait");
        String words = "did not end within " + millis + " ms";
        assertThat(opened.telemetry().read())
            .allSatisfy(
                reading -> {
                  assertThat(((Unreadable) reading).health()).isEqualTo(Health.DEGRADED);
                  assertThat(((Unreadable) reading).reason()).contains(words);
                });
      }
    }
    Optional<ProcessHandle> sleeper =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    if (sleeper.isPresent()) {
      sleeper.get().onExit().get(120, TimeUnit.SECONDS);
    }
  }

  @Test
  void aToolThatFailsOnceIsReadAgain() throws IOException {
    GpuTelemetry telemetry = opened();
    Script.write(smi, "exit 9");
    assertThat(telemetry.read())
        .hasSize(2)
        .allSatisfy(
            reading ->
                assertThat(((Unreadable) reading).reason())
                    .endsWith("ended with code 9: the NVIDIA driver is not loaded."));
    Script.write(smi, "cat " + answer);
    assertThat(telemetry.read()).allSatisfy(r -> assertThat(r).isInstanceOf(Available.class));
  }

  @Test
  void garbageIsNoGpu() throws IOException {
    Script.write(smi, "head -c 300000 /dev/urandom | base64");
    assertThat(open(LONG)).isInstanceOf(TelemetryOpening.Unavailable.class);
  }

  @Test
  void aMissingToolIsAReason() {
    smi = folder.resolve("none");
    assertThat(((TelemetryOpening.Unavailable) open(LONG)).reason())
        .contains("could not be started")
        .contains("No such file");
  }

  @Test
  void processesAreMatchedWhereTheyCanBe() throws IOException {
    Script.write(
        smi,
        "case \"$1\" in --query-gpu*) cat "
            + answer
            + ";; *) echo '"
            + FIRST
            + ", 4711, 3000'; echo '"
            + SECOND
            + ", 4712, [N/A]';; esac");
    GpuTelemetry telemetry = opened();
    telemetry.read();
    Map<GpuUuid, ProcessMemory> processes = telemetry.processes();
    assertThat(processes.get(FIRST).usedByPid())
        .isEqualTo(Map.of(4711L, new ByteSize(3000L << 20)));
    assertThat(processes.get(SECOND).usedByPid()).isEmpty();
  }

  private GpuTelemetry opened() {
    return opened(LONG);
  }

  private GpuTelemetry opened(Duration timeout) {
    return ((TelemetryOpening.Opened) open(timeout)).telemetry();
  }

  private TelemetryOpening open(Duration timeout) {
    return NvidiaSmiTelemetry.open(smi.toString(), timeout, hostPids(), InstantSource.fixed(NOW));
  }

  private PidMatching hostPids() {
    try {
      Path link = folder.resolve("proc/self/ns/pid");
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of("pid:[4026531836]"));
    } catch (IOException cause) {
      throw new IllegalStateException(cause);
    }
    return PidMatching.of(folder.resolve("proc"), Optional.empty());
  }
}
