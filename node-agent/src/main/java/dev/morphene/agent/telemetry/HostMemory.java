package dev.morphene.agent.telemetry;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Optional;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/**
 * Memory of this host and of its processes, through OSHI. Hold one: creating it costs more than
 * reading.
 */
public final class HostMemory implements ResidentMemory {
  private final OperatingSystem operatingSystem;
  private final oshi.hardware.GlobalMemory memory;

  public HostMemory() {
    SystemInfo system = new SystemInfo();
    this.operatingSystem = system.getOperatingSystem();
    this.memory = system.getHardware().getMemory();
  }

  @Override
  public Optional<ByteSize> of(long processId) {
    OSProcess process = operatingSystem.getProcess(Math.toIntExact(processId));
    return process == null
        ? Optional.empty()
        : Optional.of(new ByteSize(process.getResidentMemory()));
  }

  /** Memory of the machine; inside a container that is the host's. */
  public ByteSize total() {
    return new ByteSize(memory.getTotal());
  }

  /** Memory that could be taken now without swapping. */
  public ByteSize available() {
    return new ByteSize(memory.getAvailable());
  }
}
