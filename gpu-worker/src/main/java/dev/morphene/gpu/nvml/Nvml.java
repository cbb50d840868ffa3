package dev.morphene.gpu.nvml;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.morphene.protocol.job.GpuUuid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One init of the management library with its one shutdown, and the calls between them. Thread
 * safe. A call may block for seconds and cannot be interrupted.
 */
public final class Nvml implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Nvml.class);
  private static final int NO_GPU_IS_NO_FAILURE = 1;
  private static final int TEXT_BYTES = 96;
  private static final int PROCESSES_AT_FIRST = 32;
  private static final int PROCESSES_SLACK = 8;
  private static final int PROCESS_TRIES = 4;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final NvmlLoad.Loaded library;
  private final NvmlApi api;
  private final ReentrantReadWriteLock session = new ReentrantReadWriteLock();
  private final String driverVersion;
  private volatile boolean memoryV2;
  private boolean closed;

  private interface Call<T> {
    T run() throws NvmlFailure;
  }

  private Nvml(NvmlLoad.Loaded library) throws NvmlFailure {
    this.library = library;
    this.api = library.api();
    this.memoryV2 = library.has("nvmlDeviceGetMemoryInfo_v2");
    if (!memoryV2) {
      LOG.info("{} has no nvmlDeviceGetMemoryInfo_v2; the older call is used.", library.name());
    }
    this.driverVersion = readDriverVersion();
  }

  /**
   * Starts a session; no CUDA context comes with it, so it costs no device memory.
   *
   * @throws NvmlFailure when the driver refuses
   */
  public static Nvml open(NvmlLoad.Loaded library) throws NvmlFailure {
    if (library.has("nvmlInitWithFlags")) {
      check(library, "nvmlInitWithFlags", library.api().nvmlInitWithFlags(NO_GPU_IS_NO_FAILURE));
    } else {
      need(library, "nvmlInit_v2");
      LOG.info("{} has no nvmlInitWithFlags; nvmlInit_v2 is used.", library.name());
      check(library, "nvmlInit_v2", library.api().nvmlInit_v2());
    }
    boolean opened = false;
    try {
      Nvml nvml = new Nvml(library);
      opened = true;
      return nvml;
    } finally {
      if (!opened) {
        library.api().nvmlShutdown();
      }
    }
  }

  public String driverVersion() {
    return driverVersion;
  }

  /** Every GPU and MIG instance that this process may see, anew. */
  public List<NvmlSlot> slots() throws NvmlFailure {
    return inSession(
        () -> {
          IntByReference count = new IntByReference();
          check("nvmlDeviceGetCount_v2", api.nvmlDeviceGetCount_v2(count));
          List<NvmlSlot> slots = new ArrayList<>();
          for (int index = 0; index < count.getValue(); index++) {
            slots.addAll(slotsOf(index));
          }
          return slots;
        });
  }

  /** Memory of a device; the second version of the call where the driver has it. */
  public NvmlMemory memory(NvmlSlot.Device device) throws NvmlFailure {
    return inSession(
        () -> {
          if (memoryV2) {
            try {
              return memoryV2(device);
            } catch (NvmlFailure failure) {
              if (!fallsBack(failure)) {
                throw failure;
              }
            }
          }
          return memoryV1(device);
        });
  }

  /** Percent, or empty where the device does not tell. */
  public OptionalInt utilisationPercent(NvmlSlot.Device device) throws NvmlFailure {
    if (!library.has("nvmlDeviceGetUtilizationRates")) {
      return OptionalInt.empty();
    }
    return inSession(
        () -> {
          Utilisation rates = new Utilisation();
          int code = api.nvmlDeviceGetUtilizationRates(device.handle(), rates);
          return switch (NvmlCode.of(code).policy()) {
            // Memory is what counts: nothing but a failed device makes this worth an error.
            case ABSENT, DENIED, OLDER_SYMBOL, TOLERATE_THEN_FENCE -> OptionalInt.empty();
            default -> {
              check("nvmlDeviceGetUtilizationRates", code);
              yield rates.gpu >= 0 && rates.gpu <= 100
                  ? OptionalInt.of(rates.gpu)
                  : OptionalInt.empty();
            }
          };
        });
  }

  /**
   * Processes that compute on a device, strangers included.
   *
   * @throws NvmlFailure also when the list outgrew the buffer every time
   */
  public List<NvmlProcess> processes(NvmlSlot.Device device) throws NvmlFailure {
    String symbol = "nvmlDeviceGetComputeRunningProcesses_v3";
    need(library, symbol);
    return inSession(
        () -> {
          int room = PROCESSES_AT_FIRST;
          int code = NvmlCode.INSUFFICIENT_SIZE.number();
          for (int tries = 0; tries < PROCESS_TRIES; tries++) {
            ProcessInfo[] buffer = (ProcessInfo[]) new ProcessInfo().toArray(room);
            IntByReference count = new IntByReference(room);
            code = api.nvmlDeviceGetComputeRunningProcesses_v3(device.handle(), count, buffer);
            if (NvmlCode.of(code).policy() != NvmlPolicy.GROW) {
              check(symbol, code);
              return processes(buffer, count.getValue());
            }
            room = Math.max(count.getValue(), room) + PROCESSES_SLACK;
          }
          throw failure(symbol, code);
        });
  }

  /** Ends the session once the calls under way have come back, or without it if one hangs. */
  @Override
  public void close() {
    if (!waitForCallsUnderWay()) {
      LOG.warn("A call into {} hangs, so it is not shut down.", library.name());
      return;
    }
    try {
      if (!closed) {
        closed = true;
        int code = api.nvmlShutdown();
        if (code != NvmlCode.SUCCESS.number()) {
          LOG.warn("{}.", failure("nvmlShutdown", code).getMessage());
        }
      }
    } finally {
      session.writeLock().unlock();
    }
  }

  private boolean waitForCallsUnderWay() {
    try {
      return session.writeLock().tryLock(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return session.writeLock().tryLock();
    }
  }

  private List<NvmlSlot> slotsOf(int index) {
    try {
      PointerByReference handle = new PointerByReference();
      check("nvmlDeviceGetHandleByIndex_v2", api.nvmlDeviceGetHandleByIndex_v2(index, handle));
      Pointer gpu = handle.getValue();
      NvmlSlot.Device device = device(index, gpu, Optional.empty());
      if (!migIsOn(gpu)) {
        return List.of(device);
      }
      List<NvmlSlot> instances = migInstances(device);
      return instances.isEmpty()
          ? List.of(new NvmlSlot.EmptyParent(index, device.gpu(), device.model()))
          : instances;
    } catch (NvmlFailure failure) {
      return List.of(new NvmlSlot.Failed(index, failure));
    }
  }

  private NvmlSlot.Device device(int index, Pointer handle, Optional<GpuUuid> parent)
      throws NvmlFailure {
    byte[] uuid = new byte[TEXT_BYTES];
    check("nvmlDeviceGetUUID", api.nvmlDeviceGetUUID(handle, uuid, uuid.length));
    byte[] name = new byte[TEXT_BYTES];
    check("nvmlDeviceGetName", api.nvmlDeviceGetName(handle, name, name.length));
    try {
      return new NvmlSlot.Device(index, handle, new GpuUuid(text(uuid)), text(name), parent);
    } catch (IllegalArgumentException malformed) {
      throw new NvmlFailure(
          NvmlCode.UNKNOWN, "nvmlDeviceGetUUID gave a malformed id. " + malformed.getMessage());
    }
  }

  private boolean migIsOn(Pointer gpu) throws NvmlFailure {
    if (!library.has("nvmlDeviceGetMigMode")
        || !library.has("nvmlDeviceGetMaxMigDeviceCount")
        || !library.has("nvmlDeviceGetMigDeviceHandleByIndex")) {
      return false;
    }
    IntByReference current = new IntByReference();
    int code = api.nvmlDeviceGetMigMode(gpu, current, new IntByReference());
    switch (NvmlCode.of(code).policy()) {
      case ABSENT, DENIED, OLDER_SYMBOL -> {
        return false;
      }
      default -> check("nvmlDeviceGetMigMode", code);
    }
    return current.getValue() == 1;
  }

  private List<NvmlSlot> migInstances(NvmlSlot.Device parent) throws NvmlFailure {
    IntByReference most = new IntByReference();
    check(
        "nvmlDeviceGetMaxMigDeviceCount",
        api.nvmlDeviceGetMaxMigDeviceCount(parent.handle(), most));
    List<NvmlSlot> instances = new ArrayList<>();
    for (int slot = 0; slot < most.getValue(); slot++) {
      PointerByReference handle = new PointerByReference();
      int code = api.nvmlDeviceGetMigDeviceHandleByIndex(parent.handle(), slot, handle);
      if (NvmlCode.of(code) == NvmlCode.NOT_FOUND) {
        continue;
      }
      try {
        check("nvmlDeviceGetMigDeviceHandleByIndex", code);
        instances.add(device(parent.index(), handle.getValue(), Optional.of(parent.gpu())));
      } catch (NvmlFailure failure) {
        instances.add(new NvmlSlot.Failed(parent.index(), failure));
      }
    }
    return instances;
  }

  private NvmlMemory memoryV2(NvmlSlot.Device device) throws NvmlFailure {
    MemoryV2 memory = new MemoryV2();
    check("nvmlDeviceGetMemoryInfo_v2", api.nvmlDeviceGetMemoryInfo_v2(device.handle(), memory));
    return new NvmlMemory(memory.total, memory.free, OptionalLong.of(memory.reserved));
  }

  private NvmlMemory memoryV1(NvmlSlot.Device device) throws NvmlFailure {
    need(library, "nvmlDeviceGetMemoryInfo");
    MemoryV1 memory = new MemoryV1();
    check("nvmlDeviceGetMemoryInfo", api.nvmlDeviceGetMemoryInfo(device.handle(), memory));
    return new NvmlMemory(memory.total, memory.free, OptionalLong.empty());
  }

  /** Also after an unknown error: under WSL the second version fails so where the first works. */
  private boolean fallsBack(NvmlFailure failure) {
    switch (failure.policy()) {
      case OLDER_SYMBOL -> {
        memoryV2 = false;
        LOG.info("{}; the older call is used from now on.", failure.getMessage());
        return true;
      }
      case TOLERATE_THEN_FENCE -> {
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private static List<NvmlProcess> processes(ProcessInfo[] buffer, int count) {
    List<NvmlProcess> processes = new ArrayList<>();
    for (int i = 0; i < Math.min(count, buffer.length); i++) {
      long used = buffer[i].usedGpuMemory;
      processes.add(
          new NvmlProcess(
              Integer.toUnsignedLong(buffer[i].pid),
              used == ProcessInfo.NOT_AVAILABLE ? OptionalLong.empty() : OptionalLong.of(used)));
    }
    return processes;
  }

  private String readDriverVersion() throws NvmlFailure {
    byte[] version = new byte[TEXT_BYTES];
    check("nvmlSystemGetDriverVersion", api.nvmlSystemGetDriverVersion(version, version.length));
    return text(version);
  }

  private <T> T inSession(Call<T> call) throws NvmlFailure {
    session.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("This NVML session is closed.");
      }
      return call.run();
    } finally {
      session.readLock().unlock();
    }
  }

  private static String text(byte[] buffer) {
    int end = 0;
    while (end < buffer.length && buffer[end] != 0) {
      end++;
    }
    return new String(buffer, 0, end, StandardCharsets.UTF_8);
  }

  private void check(String symbol, int code) throws NvmlFailure {
    check(library, symbol, code);
  }

  private static void check(NvmlLoad.Loaded library, String symbol, int code) throws NvmlFailure {
    if (code != NvmlCode.SUCCESS.number()) {
      throw failure(library, symbol, code);
    }
  }

  private NvmlFailure failure(String symbol, int code) {
    return failure(library, symbol, code);
  }

  private static NvmlFailure failure(NvmlLoad.Loaded library, String symbol, int code) {
    return new NvmlFailure(symbol, code, library.api().nvmlErrorString(code));
  }

  private static void need(NvmlLoad.Loaded library, String symbol) throws NvmlFailure {
    if (!library.has(symbol)) {
      throw new NvmlFailure(NvmlCode.FUNCTION_NOT_FOUND, library.name() + " has no " + symbol);
    }
  }
}
