package dev.morphene.gpu.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.gpu.CompiledFake;
import dev.morphene.gpu.nvml.FakeControl;
import dev.morphene.gpu.nvml.ProcessInfo;
import dev.morphene.gpu.telemetry.GpuReading.Available;
import dev.morphene.gpu.telemetry.GpuReading.Health;
import dev.morphene.gpu.telemetry.GpuReading.Source;
import dev.morphene.gpu.telemetry.GpuReading.Unreadable;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NvmlTelemetryTest {
  private static final GpuUuid FIRST = new GpuUuid("GPU-00000000-0000-0000-0000-000000000001");
  private static final GpuUuid SECOND = new GpuUuid("GPU-00000000-0000-0000-0000-000000000002");
  private static final GpuUuid SLICE = new GpuUuid("MIG-00000000-0000-0000-0000-00000000000a");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long GIB = 1L << 30;

  @TempDir private static Path folder;
  private static Path library;
  private static FakeControl fake;

  @TempDir private Path proc;
  private GpuTelemetry telemetry;

  @BeforeAll
  static void compile() {
    library = CompiledFake.compile(folder, "fake_nvml.c", "libfake-nvml.so.1");
    fake = FakeControl.of(library);
  }

  @BeforeEach
  void open() throws IOException {
    fake.fake_reset();
    fake.fake_add(FIRST.value(), "Fake H200", 140 * GIB, GIB, 30 * GIB);
    fake.fake_add(SECOND.value(), "Fake H200", 140 * GIB, GIB, 0);
    hostNamespace();
    telemetry = opened(PidMatching.of(proc, Optional.empty()));
  }

  @AfterEach
  void close() {
    telemetry.close();
    assertThat(fake.fake_refcount()).isZero();
  }

  @Test
  void readsEveryGpu() {
    assertThat(telemetry.read())
        .containsExactly(
            new Available(
                FIRST,
                Optional.empty(),
                "Fake H200",
                new ByteSize(140 * GIB),
                new ByteSize(109 * GIB),
                Optional.of(new ByteSize(GIB)),
                OptionalInt.of(37),
                NOW,
                Source.NVML_V2),
            new Available(
                SECOND,
                Optional.empty(),
                "Fake H200",
                new ByteSize(140 * GIB),
                new ByteSize(139 * GIB),
                Optional.of(new ByteSize(GIB)),
                OptionalInt.of(37),
                NOW,
                Source.NVML_V2));
    assertThat(telemetry.source()).isEqualTo("NVML (" + library + ", driver 555.42.fake)");
  }

  @ParameterizedTest
  @CsvSource({
    "1, DEGRADED",
    "2, DEGRADED",
    "3, DEGRADED",
    "4, DEGRADED",
    "6, DEGRADED",
    "9, LOST",
    "15, LOST",
    "16, LOST",
    "17, LOST",
    "18, LOST",
    "4242, DEGRADED"
  })
  void aGpuThatFailsIsUnreadableAndTheOtherStillRead(int code, Health health) {
    telemetry.read();
    fake.fake_return(FIRST.value(), "nvmlDeviceGetMemoryInfo_v2", code);
    fake.fake_return(FIRST.value(), "nvmlDeviceGetMemoryInfo", code);
    List<GpuReading> readings = telemetry.read();
    assertThat(readings.get(0))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> {
              assertThat(unreadable.gpu()).isEqualTo(FIRST);
              assertThat(unreadable.health()).isEqualTo(health);
              assertThat(unreadable.reason()).contains("answered " + code + ": ").endsWith(".");
            });
    assertThat(readings.get(1)).isInstanceOf(Available.class);
  }

  @Test
  void aGpuWhoseHandleIsGoneKeepsItsName() {
    telemetry.read();
    fake.fake_return(SECOND.value(), "nvmlDeviceGetHandleByIndex_v2", 15);
    assertThat(telemetry.read().get(1))
        .isEqualTo(
            new Unreadable(
                SECOND,
                "Fake H200",
                "nvmlDeviceGetHandleByIndex_v2 answered 15: the GPU has fallen off the bus.",
                Health.LOST,
                NOW));
  }

  @Test
  void aGpuThatWasNeverReadIsCalledByItsIndex() {
    fake.fake_return(SECOND.value(), "nvmlDeviceGetHandleByIndex_v2", 15);
    assertThat(telemetry.read().get(1).gpu()).isEqualTo(new GpuUuid("INDEX:1"));
  }

  @Test
  void aGpuThatIsNotListedAnyMoreIsLost() {
    telemetry.read();
    fake.fake_remove_last();
    assertThat(telemetry.read().get(1))
        .isEqualTo(
            new Unreadable(
                SECOND,
                "Fake H200",
                "The driver does not list this GPU any more.",
                Health.LOST,
                NOW));
  }

  @Test
  void aDriverUpgradedUnderThisProcessLosesAllOfThem() {
    telemetry.read();
    fake.fake_return("", "nvmlDeviceGetCount_v2", 18);
    assertThat(telemetry.read())
        .hasSize(2)
        .allSatisfy(
            reading ->
                assertThat(((Unreadable) reading).reason())
                    .contains("restart the container or the node agent"));
  }

  @Test
  void aMigInstanceIsAGpuWithAParentAndOneMadeAnewIsFound() {
    fake.fake_mig(FIRST.value(), 1, SLICE.value(), 20 * GIB, 2 * GIB);
    fake.fake_return(FIRST.value(), "nvmlDeviceGetMemoryInfo_v2", 4);
    Available slice = (Available) telemetry.read().get(0);
    assertThat(slice.gpu()).isEqualTo(SLICE);
    assertThat(slice.parent()).contains(FIRST);
    assertThat(slice.free()).isEqualTo(new ByteSize(18 * GIB));
    assertThat(slice.utilisationPercent()).isEmpty();

    GpuUuid anew = new GpuUuid("MIG-00000000-0000-0000-0000-00000000000b");
    fake.fake_mig(FIRST.value(), 1, anew.value(), 40 * GIB, 0);
    assertThat(telemetry.read()).extracting(GpuReading::gpu).containsExactly(anew, SECOND);
  }

  @Test
  void migWithoutAnInstanceIsNoPlaceForJobs() {
    fake.fake_mig(FIRST.value(), -1, "", 0, 0);
    assertThat(telemetry.read().get(0))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> assertThat(unreadable.reason()).startsWith("MIG is on"));
  }

  @Test
  void processMemoryIsToldInTheHostsNamespaceWithoutWhatTheDriverDoesNotKnow() {
    fake.fake_proc(FIRST.value(), 4711, 3 * GIB);
    fake.fake_proc(FIRST.value(), 4712, ProcessInfo.NOT_AVAILABLE);
    fake.fake_proc(FIRST.value(), 4713, 0);
    telemetry.read();
    Map<GpuUuid, ProcessMemory> processes = telemetry.processes();
    assertThat(processes.get(FIRST).usedByPid()).isEqualTo(Map.of(4711L, new ByteSize(3 * GIB)));
    assertThat(processes.get(SECOND).usedByPid()).isEmpty();
    assertThat(processes.get(FIRST).method())
        .isEqualTo("process ids of the driver, which are this worker's");
  }

  @Test
  void processMemoryIsNotGuessedInANamespaceOfOurOwn() throws IOException {
    Files.delete(proc.resolve("self/ns/pid"));
    Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[4026532999]"));
    fake.fake_proc(FIRST.value(), 4711, 3 * GIB);
    try (GpuTelemetry contained = opened(PidMatching.of(proc, Optional.empty()))) {
      contained.read();
      assertThat(contained.processes().get(FIRST).usedByPid()).isEmpty();
      assertThat(contained.processes().get(FIRST).method()).contains("namespace of its own");
    }
  }

  private void hostNamespace() throws IOException {
    Files.createDirectories(proc.resolve("self/ns"));
    Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[4026531836]"));
  }

  private static GpuTelemetry opened(PidMatching pids) {
    return ((TelemetryOpening.Opened)
            NvmlTelemetry.open(Optional.of(library), pids, InstantSource.fixed(NOW)))
        .telemetry();
  }
}
