package dev.morphene.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Structure;
import dev.morphene.gpu.CompiledFake;
import dev.morphene.gpu.LogCapture;
import dev.morphene.protocol.job.GpuUuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The binding against a library that does what it is told. */
class FakeNvmlTest extends NvmlContract {
  private static final String FIRST = "GPU-00000000-0000-0000-0000-000000000001";
  private static final String SECOND = "GPU-00000000-0000-0000-0000-000000000002";
  private static final String SLICE_A = "MIG-00000000-0000-0000-0000-00000000000a";
  private static final String SLICE_B = "MIG-00000000-0000-0000-0000-00000000000b";
  private static final long GIB = 1L << 30;

  @TempDir private static Path folder;
  private static NvmlLoad.Loaded current;
  private static NvmlLoad.Loaded old;
  private static FakeControl fake;
  private static FakeControl oldFake;

  @BeforeAll
  static void compile() {
    Path library = CompiledFake.compile(folder.resolve("new"), "fake_nvml.c", "libfake-nvml.so.1");
    Path oldLibrary =
        CompiledFake.compile(
            folder.resolve("old"), "fake_nvml.c", "libfake-nvml.so.1", "-DOLD_DRIVER");
    current = (NvmlLoad.Loaded) NvmlLibrary.load(Optional.of(library));
    old = (NvmlLoad.Loaded) NvmlLibrary.load(Optional.of(oldLibrary));
    fake = FakeControl.of(library);
    oldFake = FakeControl.of(oldLibrary);
  }

  @BeforeEach
  void twoGpus() {
    for (FakeControl control : List.of(fake, oldFake)) {
      control.fake_reset();
      control.fake_add(FIRST, "Fake H200", 140 * GIB, GIB, 30 * GIB);
      control.fake_add(SECOND, "Fake H200", 140 * GIB, GIB, 0);
    }
  }

  @Override
  NvmlLoad.Loaded library() {
    return current;
  }

  @Test
  void aMissingLibraryIsAReasonAndNoError() {
    Path missing = folder.resolve("none").resolve(NvmlLibrary.NAME);
    assertThat(reason(NvmlLibrary.load(Optional.of(missing))))
        .contains(missing.toString())
        .contains("cannot open shared object file");
  }

  @Test
  void aFileThatIsNoLibraryIsAReasonAndNoError() throws IOException {
    Path text = Files.writeString(folder.resolve("text.so.1"), "not a library\n".repeat(50));
    assertThat(reason(NvmlLibrary.load(Optional.of(text)))).contains("invalid ELF header");
  }

  @Test
  void anotherLibraryIsAReasonAndNoError() {
    Path other = CompiledFake.compile(folder.resolve("other"), "stub_cuda.c", "libother.so.1");
    assertThat(reason(NvmlLibrary.load(Optional.of(other))))
        .contains("has no nvmlShutdown")
        .endsWith("not NVIDIA's management library.");
  }

  @Test
  void aRelativePathIsRefused() {
    assertThatThrownBy(() -> NvmlLibrary.load(Optional.of(Path.of("libnvidia-ml.so.1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The path of the NVML library must be absolute, not \"libnvidia-ml.so.1\".");
  }

  @Test
  void anOldDriverIsReadByOlderSymbolsAndSaysSoOnce() throws NvmlFailure {
    try (LogCapture log = new LogCapture(Nvml.class);
        Nvml nvml = Nvml.open(old)) {
      for (int i = 0; i < 3; i++) {
        for (NvmlSlot.Device device : devices(nvml)) {
          NvmlMemory memory = nvml.memory(device);
          assertThat(memory.totalBytes()).isEqualTo(140 * GIB);
          assertThat(memory.reservedBytes()).isEmpty();
        }
      }
      assertThat(log.lines())
          .containsExactly(
              old.name() + " has no nvmlInitWithFlags; nvmlInit_v2 is used.",
              old.name() + " has no nvmlDeviceGetMemoryInfo_v2; the older call is used.");
      assertThatThrownBy(() -> nvml.processes(devices(nvml).get(0)))
          .isInstanceOf(NvmlFailure.class)
          .hasMessageEndingWith("has no nvmlDeviceGetComputeRunningProcesses_v3");
    }
    assertThat(oldFake.fake_refcount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 25})
  void aRefusedVersionFallsBackForGoodAndSaysSoOnce(int code) throws NvmlFailure {
    fake.fake_return("", "nvmlDeviceGetMemoryInfo_v2", code);
    try (LogCapture log = new LogCapture(Nvml.class);
        Nvml nvml = Nvml.open(current)) {
      for (NvmlSlot.Device device : devices(nvml)) {
        assertThat(nvml.memory(device).reservedBytes()).isEmpty();
      }
      assertThat(log.lines()).singleElement().asString().contains("nvmlDeviceGetMemoryInfo_v2");
    }
  }

  @Test
  void anUnknownErrorOfTheNewVersionFallsBackForOneReading() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(current)) {
      NvmlSlot.Device device = devices(nvml).get(0);
      fake.fake_return("", "nvmlDeviceGetMemoryInfo_v2", 999);
      assertThat(nvml.memory(device).reservedBytes()).isEmpty();
      fake.fake_return("", "nvmlDeviceGetMemoryInfo_v2", -1);
      assertThat(nvml.memory(device).reservedBytes()).isEqualTo(OptionalLong.of(GIB));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 18, 999, 4242})
  void aRefusedInitIsTypedAndLeavesNothingOpen(int code) {
    fake.fake_return("", "nvmlInitWithFlags", code);
    assertThatThrownBy(() -> Nvml.open(current))
        .isInstanceOfSatisfying(
            NvmlFailure.class, failure -> assertThat(failure.code()).isEqualTo(NvmlCode.of(code)))
        .hasMessageStartingWith("nvmlInitWithFlags answered " + code + ": ");
    assertThat(fake.fake_refcount()).isZero();
  }

  @Test
  void aNumberOutsideOurTableIsNamedByTheDriver() {
    fake.fake_return("", "nvmlInitWithFlags", 4242);
    assertThatThrownBy(() -> Nvml.open(current))
        .hasMessage("nvmlInitWithFlags answered 4242: \"a code of tomorrow\"");
  }

  @Test
  void initAndShutdownBalanceAlsoWhenAReaderThrows() throws NvmlFailure {
    for (int i = 0; i < 5; i++) {
      try (Nvml nvml = Nvml.open(current)) {
        fake.fake_return("", "nvmlDeviceGetCount_v2", 999);
        assertThatThrownBy(nvml::slots).isInstanceOf(NvmlFailure.class);
        assertThat(fake.fake_refcount()).isEqualTo(1);
      }
    }
    assertThat(fake.fake_refcount()).isZero();
    assertThat(fake.fake_init_calls()).isEqualTo(5);
  }

  @Test
  void structuresHaveTheSizesAndOffsetsOfTheTable() {
    assertThat(new MemoryV1().size()).isEqualTo(24).isEqualTo(fake.fake_sizeof("MemoryV1"));
    assertThat(new MemoryV2().size()).isEqualTo(40).isEqualTo(fake.fake_sizeof("MemoryV2"));
    assertThat(new ProcessInfo().size()).isEqualTo(24).isEqualTo(fake.fake_sizeof("ProcessInfo"));
    assertThat(new Utilisation().size()).isEqualTo(8).isEqualTo(fake.fake_sizeof("Utilisation"));
    assertThat(MemoryV2.VERSION_WORD).isEqualTo(new MemoryV2().size() | (2 << 24));
    assertOffset(new MemoryV1(), "free", 8);
    assertOffset(new MemoryV2(), "total", 8);
    assertOffset(new MemoryV2(), "reserved", 16);
    assertOffset(new MemoryV2(), "free", 24);
    assertOffset(new MemoryV2(), "used", 32);
    assertOffset(new ProcessInfo(), "usedGpuMemory", 8);
    assertOffset(new ProcessInfo(), "gpuInstanceId", 16);
    assertOffset(new Utilisation(), "memory", 4);
  }

  private static void assertOffset(Structure structure, String field, int offset) {
    String name = structure.getClass().getSimpleName() + "." + field;
    assertThat(fake.fake_offsetof(name)).as(name).isEqualTo(offset);
    structure.clear();
    structure.getPointer().setByte(offset, (byte) 77);
    structure.read();
    assertThat(((Number) structure.readField(field)).longValue()).as(name).isEqualTo(77);
  }

  @Test
  void everyNumberOfADeviceArrivesWhereItBelongs() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(current)) {
      NvmlSlot.Device device = devices(nvml).get(0);
      assertThat(device.gpu()).isEqualTo(new GpuUuid(FIRST));
      assertThat(device.model()).isEqualTo("Fake H200");
      assertThat(device.parent()).isEmpty();
      assertThat(nvml.memory(device))
          .isEqualTo(new NvmlMemory(140 * GIB, 109 * GIB, OptionalLong.of(GIB)));
      assertThat(nvml.utilisationPercent(device)).isEqualTo(OptionalInt.of(37));
      assertThat(nvml.driverVersion()).isEqualTo("555.42.fake");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 13, 999})
  void aUtilisationThatIsNotToldIsAbsent(int code) throws NvmlFailure {
    fake.fake_return("", "nvmlDeviceGetUtilizationRates", code);
    try (Nvml nvml = Nvml.open(current)) {
      assertThat(nvml.utilisationPercent(devices(nvml).get(0))).isEmpty();
    }
  }

  @Test
  void processesAreListedWithAllOnesAsAbsent() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(current)) {
      NvmlSlot.Device device = devices(nvml).get(0);
      assertThat(nvml.processes(device)).isEmpty();
      fake.fake_proc(FIRST, 4711, 3 * GIB);
      fake.fake_proc(FIRST, 4712, ProcessInfo.NOT_AVAILABLE);
      assertThat(nvml.processes(device))
          .containsExactly(
              new NvmlProcess(4711, OptionalLong.of(3 * GIB)),
              new NvmlProcess(4712, OptionalLong.empty()));
    }
  }

  @Test
  void aLongListOfProcessesIsReadWhole() throws NvmlFailure {
    for (int pid = 1; pid <= 200; pid++) {
      fake.fake_proc(FIRST, pid, pid * 1024L);
    }
    try (Nvml nvml = Nvml.open(current)) {
      List<NvmlProcess> processes = nvml.processes(devices(nvml).get(0));
      assertThat(processes).hasSize(200);
      assertThat(processes.get(199)).isEqualTo(new NvmlProcess(200, OptionalLong.of(200 * 1024L)));
    }
  }

  @Test
  void aListThatOutgrowsItsBufferIsTriedAFewTimesOnly() throws NvmlFailure {
    fake.fake_proc(FIRST, 1, GIB);
    try (Nvml nvml = Nvml.open(current)) {
      NvmlSlot.Device device = devices(nvml).get(0);
      fake.fake_grow(FIRST, 3);
      assertThat(nvml.processes(device)).hasSize(1);
      fake.fake_grow(FIRST, 1_000);
      assertThatThrownBy(() -> nvml.processes(device))
          .isInstanceOfSatisfying(
              NvmlFailure.class,
              failure -> assertThat(failure.code()).isEqualTo(NvmlCode.INSUFFICIENT_SIZE));
    }
  }

  @Test
  void migInstancesAreDevicesOfTheirOwnAndHolesAreSkipped() throws NvmlFailure {
    fake.fake_mig(FIRST, 0, SLICE_A, 20 * GIB, 2 * GIB);
    fake.fake_mig(FIRST, 2, SLICE_B, 40 * GIB, 0);
    fake.fake_return(FIRST, "nvmlDeviceGetMemoryInfo_v2", 4);
    try (Nvml nvml = Nvml.open(current)) {
      List<NvmlSlot.Device> devices = devices(nvml);
      assertThat(devices)
          .extracting(device -> device.gpu().value())
          .containsExactly(SLICE_A, SLICE_B, SECOND);
      assertThat(devices.get(0).parent()).contains(new GpuUuid(FIRST));
      assertThat(nvml.memory(devices.get(0)).freeBytes()).isEqualTo(18 * GIB);
      assertThat(nvml.utilisationPercent(devices.get(0))).isEmpty();
    }
  }

  @Test
  void aMigParentWithoutInstancesIsNoDevice() throws NvmlFailure {
    fake.fake_mig(FIRST, -1, "", 0, 0);
    try (Nvml nvml = Nvml.open(current)) {
      assertThat(nvml.slots().get(0))
          .isEqualTo(new NvmlSlot.EmptyParent(0, new GpuUuid(FIRST), "Fake H200"));
    }
  }

  @Test
  void aHandleOfAnInstanceThatWasMadeAnewIsRefused() throws NvmlFailure {
    fake.fake_mig(FIRST, 0, SLICE_A, 20 * GIB, 0);
    try (Nvml nvml = Nvml.open(current)) {
      NvmlSlot.Device before = devices(nvml).get(0);
      fake.fake_mig(FIRST, 0, SLICE_B, 20 * GIB, 0);
      assertThatThrownBy(() -> nvml.memory(before))
          .isInstanceOfSatisfying(
              NvmlFailure.class,
              failure -> assertThat(failure.policy()).isEqualTo(NvmlPolicy.OUR_BUG));
      assertThat(devices(nvml).get(0).gpu()).isEqualTo(new GpuUuid(SLICE_B));
    }
  }

  private static String reason(NvmlLoad load) {
    return ((NvmlLoad.Missing) load).reason();
  }
}
