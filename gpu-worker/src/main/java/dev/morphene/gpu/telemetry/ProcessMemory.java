package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Map;

/**
 * What each process takes on one GPU; a diagnostic, never the base of a placement. Managed memory
 * is in none of the numbers.
 *
 * @param usedByPid keyed by process id as this JVM knows it; a process that the driver tells
 *     nothing about is missing, not zero
 * @param method how it was found out, or why nothing could be
 */
public record ProcessMemory(Map<Long, ByteSize> usedByPid, String method) {
  public ProcessMemory {
    usedByPid = Map.copyOf(usedByPid);
  }

  static ProcessMemory none(String why) {
    return new ProcessMemory(Map.of(), why);
  }
}
