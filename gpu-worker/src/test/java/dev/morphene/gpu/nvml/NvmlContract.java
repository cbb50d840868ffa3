package dev.morphene.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.ptr.IntByReference;
import dev.morphene.protocol.job.GpuUuid;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every management library has to keep, the compiled fake and NVIDIA's own alike. */
abstract class NvmlContract {
  private static final int READS = 100_000;

  /** About 1 KiB a read; below that the JVM's own growth hides it. */
  private static final long GROWTH_ALLOWED_BYTES = 96L << 20;

  /** Loaded through production code. */
  abstract NvmlLoad.Loaded library();

  /** At least one. */
  static List<NvmlSlot.Device> devices(Nvml nvml) throws NvmlFailure {
    List<NvmlSlot.Device> devices =
        nvml.slots().stream()
            .filter(NvmlSlot.Device.class::isInstance)
            .map(NvmlSlot.Device.class::cast)
            .toList();
    assertThat(devices).isNotEmpty();
    return devices;
  }

  @Test
  void theVersionWordIsTakenAndTheBareNumberRefused() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(library())) {
      NvmlSlot.Device device = devices(nvml).get(0);
      MemoryV2 memory = new MemoryV2();
      assertThat(library().api().nvmlDeviceGetMemoryInfo_v2(device.handle(), memory)).isZero();

      memory.version = 2;
      int refused = library().api().nvmlDeviceGetMemoryInfo_v2(device.handle(), memory);
      assertThat(NvmlCode.of(refused).policy()).isEqualTo(NvmlPolicy.OLDER_SYMBOL);
    }
  }

  @Test
  void memoryAddsUpAndIdsStayOverAHundredReads() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(library())) {
      List<GpuUuid> first = devices(nvml).stream().map(NvmlSlot.Device::gpu).toList();
      for (int i = 0; i < 100; i++) {
        List<NvmlSlot.Device> devices = devices(nvml);
        assertThat(devices).extracting(NvmlSlot.Device::gpu).isEqualTo(first);
        for (NvmlSlot.Device device : devices) {
          assertThat(device.gpu().value()).matches("(GPU|MIG)-[0-9a-f-]{36}.*");
          assertThat(device.model()).isNotBlank();
          NvmlMemory memory = nvml.memory(device);
          assertThat(memory.freeBytes()).isBetween(0L, memory.totalBytes());
          memory
              .reservedBytes()
              .ifPresent(
                  reserved ->
                      assertThat(reserved).isBetween(0L, memory.totalBytes() - memory.freeBytes()));
          nvml.utilisationPercent(device)
              .ifPresent(percent -> assertThat(percent).isBetween(0, 100));
        }
      }
      assertThat(nvml.driverVersion()).isNotBlank();
    }
  }

  /** {@code used} is printed, never asserted: the two versions differ in what it includes. */
  @Test
  void bothVersionsAgreeOnTheTotal() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(library())) {
      NvmlSlot.Device device = devices(nvml).get(0);
      MemoryV1 one = new MemoryV1();
      MemoryV2 two = new MemoryV2();
      assertThat(library().api().nvmlDeviceGetMemoryInfo(device.handle(), one)).isZero();
      assertThat(library().api().nvmlDeviceGetMemoryInfo_v2(device.handle(), two)).isZero();
      System.out.printf(
          "%s, driver %s: used by v1 %d, by v2 %d, reserved %d bytes%n",
          device.model(), nvml.driverVersion(), one.used, two.used, two.reserved);
      assertThat(one.total).isEqualTo(two.total);
    }
  }

  @Test
  void processesHaveIdsAndMemoryOrNone() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(library())) {
      for (NvmlSlot.Device device : devices(nvml)) {
        long total = nvml.memory(device).totalBytes();
        for (NvmlProcess process : nvml.processes(device)) {
          assertThat(process.pid()).isPositive();
          process.usedBytes().ifPresent(used -> assertThat(used).isBetween(0L, total));
        }
      }
    }
  }

  @Test
  void twoThreadsReadAHundredThousandTimesWithoutALeak() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Nvml nvml = Nvml.open(library())) {
      NvmlSlot.Device device = devices(nvml).get(0);
      read(nvml, device, READS / 2);
      long before = bytesOutsideTheHeap();
      Future<?> one = threads.submit(() -> read(nvml, device, READS / 2));
      Future<?> two = threads.submit(() -> read(nvml, device, READS / 2));
      one.get();
      two.get();
      assertThat(bytesOutsideTheHeap() - before).isLessThan(GROWTH_ALLOWED_BYTES);
    } catch (ExecutionException failure) {
      throw new AssertionError(failure.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aClosedSessionIsShutDownOnceAndRefusesCalls() throws NvmlFailure {
    Nvml nvml = Nvml.open(library());
    nvml.close();
    nvml.close();
    assertThat(NvmlCode.of(library().api().nvmlDeviceGetCount_v2(new IntByReference())))
        .isEqualTo(NvmlCode.UNINITIALIZED);
    assertThatThrownBy(nvml::slots).isInstanceOf(IllegalStateException.class);
  }

  private static Void read(Nvml nvml, NvmlSlot.Device device, int times) throws NvmlFailure {
    for (int i = 0; i < times; i++) {
      assertThat(nvml.memory(device).totalBytes()).isPositive();
    }
    return null;
  }

  /** Resident memory less the heap, which grows by garbage and says nothing about a leak. */
  private static long bytesOutsideTheHeap() throws IOException {
    // Native memory of structures goes when the collector has seen that nobody holds them.
    System.gc();
    long residentKib =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow();
    return residentKib * 1024
        - ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }
}
