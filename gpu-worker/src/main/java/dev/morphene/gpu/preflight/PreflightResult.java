package dev.morphene.gpu.preflight;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Optional;

/** Whether a GPU can be computed on. */
public sealed interface PreflightResult {
  /**
   * @param contextCost device memory that one empty CUDA context takes, by the driver's free memory
   *     before and after; absent where the driver's library could not be asked or strangers freed
   *     more meanwhile
   */
  record Passed(Optional<ByteSize> contextCost) implements PreflightResult {}

  /**
   * @param reason one sentence for people
   */
  record Failed(String reason) implements PreflightResult {}
}
