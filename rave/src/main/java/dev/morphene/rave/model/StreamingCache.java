package dev.morphene.rave.model;

import dev.morphene.rave.archive.TensorData;

/** What a streaming layer keeps of its past, a row for each stream. */
public final class StreamingCache {
  private StreamingCache() {}

  /** Silence: (streams times rows, channels, samples). */
  public static TensorData silent(int rows, int channels, int samples) {
    return TensorData.zeros((long) Form.MAXIMUM_STREAMS * rows, channels, samples);
  }

  /** Lines that put the kept samples before x and keep its last ones. */
  public static String joinPast(String cache, int samples) {
    return """
      past = torch.slice(self.%1$s, 0, 0, torch.size(x, 0))
      x = torch.cat([past, x], 2)
      torch.copy_(past, torch.slice(x, 2, torch.sub(torch.size(x, 2), %2$d)))
    """
        .formatted(cache, samples)
        .replaceAll("(?m)^ +", "  ");
  }
}
