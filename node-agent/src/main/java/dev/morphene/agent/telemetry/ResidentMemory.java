package dev.morphene.agent.telemetry;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Optional;

/** Reads what a process holds in memory. */
@FunctionalInterface
public interface ResidentMemory {
  /** Empty when the process is gone or may not be read. */
  Optional<ByteSize> of(long processId);
}
