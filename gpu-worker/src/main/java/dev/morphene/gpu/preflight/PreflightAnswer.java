package dev.morphene.gpu.preflight;

import dev.morphene.protocol.json.Required;
import java.util.Optional;

/**
 * The one line of JSON that the preflight child writes.
 *
 * @param passed whether a context was made and destroyed
 * @param contextBytes that it took of the device's memory, 0 or more; absent when not known
 * @param reason why it did not pass
 */
public record PreflightAnswer(
    boolean passed, Optional<Long> contextBytes, Optional<String> reason) {
  public PreflightAnswer {
    Required.present(contextBytes, "contextBytes");
    Required.present(reason, "reason");
  }

  public static PreflightAnswer passed(Optional<Long> contextBytes) {
    return new PreflightAnswer(true, contextBytes, Optional.empty());
  }

  public static PreflightAnswer failed(String reason) {
    return new PreflightAnswer(false, Optional.empty(), Optional.of(reason));
  }
}
