package dev.morphene.gpu.telemetry;

import dev.morphene.gpu.nvml.Nvml;
import dev.morphene.gpu.nvml.NvmlCode;
import dev.morphene.gpu.nvml.NvmlFailure;
import dev.morphene.gpu.nvml.NvmlLibrary;
import dev.morphene.gpu.nvml.NvmlLoad;
import dev.morphene.gpu.nvml.NvmlMemory;
import dev.morphene.gpu.nvml.NvmlPolicy;
import dev.morphene.gpu.nvml.NvmlProcess;
import dev.morphene.gpu.nvml.NvmlSlot;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * GPUs as the driver's management library sees them. Devices are enumerated for every read, so that
 * MIG instances made anew are found and no handle grows old.
 */
public final class NvmlTelemetry implements GpuTelemetry {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Nvml nvml;
  private final String name;
  private final PidMatching pids;
  private final InstantSource clock;
  private final KnownGpus known = new KnownGpus();
  private final Map<Integer, GpuUuid> gpuByIndex = new HashMap<>();
  private Map<GpuUuid, NvmlSlot.Device> devices = Map.of();

  private NvmlTelemetry(Nvml nvml, String name, PidMatching pids, InstantSource clock) {
    this.nvml = nvml;
    this.name = name;
    this.pids = pids;
    this.clock = clock;
  }

  /**
   * @param library loaded instead of the driver's own; absolute
   */
  public static TelemetryOpening open(
      Optional<Path> library, PidMatching pids, InstantSource clock) {
    NvmlLoad load = NvmlLibrary.load(library);
    if (load instanceof NvmlLoad.Missing missing) {
      return new TelemetryOpening.Unavailable(missing.reason());
    }
    NvmlLoad.Loaded loaded = (NvmlLoad.Loaded) load;
    try {
      Nvml nvml = Nvml.open(loaded);
      return new TelemetryOpening.Opened(new NvmlTelemetry(nvml, loaded.name(), pids, clock));
    } catch (NvmlFailure refused) {
      return new TelemetryOpening.Unavailable(refused.getMessage());
    }
  }

  @Override
  public synchronized List<GpuReading> read() {
    Instant now = clock.instant();
    List<NvmlSlot> slots;
    try {
      slots = nvml.slots();
    } catch (NvmlFailure failure) {
      return known.unreadableBut(Set.of(), reason(failure), health(failure), now);
    }
    List<GpuReading> readings = new ArrayList<>();
    Set<GpuUuid> seen = new HashSet<>();
    Map<GpuUuid, NvmlSlot.Device> found = new LinkedHashMap<>();
    for (NvmlSlot slot : slots) {
      if (slot instanceof NvmlSlot.Device device) {
        seen.add(device.parent().orElse(device.gpu()));
        if (device.parent().isEmpty()) {
          known.remember(device.gpu(), device.model());
          gpuByIndex.put(device.index(), device.gpu());
        }
        found.put(device.gpu(), device);
        read(device, now).ifPresent(readings::add);
      } else if (slot instanceof NvmlSlot.EmptyParent parent) {
        seen.add(parent.gpu());
        readings.add(
            new GpuReading.Unreadable(
                parent.gpu(),
                parent.model(),
                "MIG is on and has no instance; make one, or switch MIG off.",
                GpuReading.Health.DEGRADED,
                now));
      } else if (slot instanceof NvmlSlot.Failed failed) {
        GpuUuid gpu =
            gpuByIndex.computeIfAbsent(failed.index(), index -> new GpuUuid("INDEX:" + index));
        seen.add(gpu);
        readings.add(
            new GpuReading.Unreadable(
                gpu, known.model(gpu), reason(failed.failure()), health(failed.failure()), now));
      }
    }
    devices = Map.copyOf(found);
    readings.addAll(
        known.unreadableBut(
            seen, "The driver does not list this GPU any more.", GpuReading.Health.LOST, now));
    return List.copyOf(readings);
  }

  @Override
  public synchronized Map<GpuUuid, ProcessMemory> processes() {
    Map<GpuUuid, ProcessMemory> all = new LinkedHashMap<>();
    devices.forEach((gpu, device) -> all.put(gpu, processes(device)));
    return Map.copyOf(all);
  }

  @Override
  public String source() {
    return "NVML (" + name + ", driver " + nvml.driverVersion() + ")";
  }

  @Override
  public Optional<String> driverVersion() {
    return Optional.of(nvml.driverVersion());
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void close() {
    nvml.close();
  }

  /** Empty for a MIG instance that went away while it was read. */
  private Optional<GpuReading> read(NvmlSlot.Device device, Instant now) {
    try {
      return Optional.of(measured(device, now));
    } catch (NvmlFailure failure) {
      if (!handleMayHaveDied(failure)) {
        return Optional.of(unreadable(device, failure, now));
      }
    }
    try {
      Optional<NvmlSlot.Device> again =
          nvml.slots().stream()
              .filter(NvmlSlot.Device.class::isInstance)
              .map(NvmlSlot.Device.class::cast)
              .filter(candidate -> candidate.gpu().equals(device.gpu()))
              .findFirst();
      if (again.isEmpty() && device.parent().isPresent()) {
        return Optional.empty();
      }
      return Optional.of(measured(again.orElse(device), now));
    } catch (NvmlFailure failure) {
      return Optional.of(unreadable(device, failure, now));
    }
  }

  private GpuReading measured(NvmlSlot.Device device, Instant now) throws NvmlFailure {
    NvmlMemory memory = nvml.memory(device);
    long total = memory.totalBytes();
    long free = memory.freeBytes();
    if (total <= 0 || free < 0 || free > total) {
      return new GpuReading.Unreadable(
          device.gpu(),
          device.model(),
          "The driver tells nonsense: " + free + " of " + total + " bytes are free.",
          GpuReading.Health.DEGRADED,
          now);
    }
    return new GpuReading.Available(
        device.gpu(),
        device.parent(),
        device.model(),
        new ByteSize(total),
        new ByteSize(free),
        memory.reservedBytes().stream()
            .filter(reserved -> reserved >= 0)
            .mapToObj(ByteSize::new)
            .findFirst(),
        nvml.utilisationPercent(device),
        now,
        memory.reservedBytes().isPresent() ? GpuReading.Source.NVML_V2 : GpuReading.Source.NVML_V1);
  }

  private ProcessMemory processes(NvmlSlot.Device device) {
    if (!pids.isPossible()) {
      return ProcessMemory.none(pids.words());
    }
    try {
      Map<Long, ByteSize> used = new HashMap<>();
      for (NvmlProcess process : nvml.processes(device)) {
        // Some drivers answer 0 for a process whose memory they do not know; nobody computes in 0.
        process.usedBytes().stream()
            .filter(bytes -> bytes > 0)
            .forEach(
                bytes ->
                    pids.own(process.pid()).ifPresent(pid -> used.put(pid, new ByteSize(bytes))));
      }
      return new ProcessMemory(used, pids.words());
    } catch (NvmlFailure failure) {
      return ProcessMemory.none(failure.getMessage());
    }
  }

  private static GpuReading unreadable(NvmlSlot.Device device, NvmlFailure failure, Instant now) {
    return new GpuReading.Unreadable(
        device.gpu(), device.model(), reason(failure), health(failure), now);
  }

  private static boolean handleMayHaveDied(NvmlFailure failure) {
    return failure.policy() == NvmlPolicy.OUR_BUG || failure.code() == NvmlCode.NOT_FOUND;
  }

  private static String reason(NvmlFailure failure) {
    return failure.policy() == NvmlPolicy.OUR_BUG
        ? "A fault of this program: " + failure.getMessage() + "."
        : failure.getMessage() + ".";
  }

  private static GpuReading.Health health(NvmlFailure failure) {
    return switch (failure.policy()) {
      case FENCE, DRAIN, NO_GPU -> GpuReading.Health.LOST;
      case OK, OUR_BUG, ABSENT, DENIED, GROW, OLDER_SYMBOL, TOLERATE_THEN_FENCE ->
          GpuReading.Health.DEGRADED;
    };
  }
}
