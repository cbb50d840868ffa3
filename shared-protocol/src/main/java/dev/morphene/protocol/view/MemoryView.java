package dev.morphene.protocol.view;

import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;

/**
 * The memory that a job used, over all its attempts.
 *
 * @param samples how many were taken; 0 when nothing was measured yet, and then the sizes are 0
 * @param points the course of it, oldest first, a few hundred at most
 */
public record MemoryView(
    long samples, ByteSize minBytes, ByteSize meanBytes, ByteSize maxBytes, List<Point> points) {
  public MemoryView {
    points = Required.listOrEmpty(points);
  }

  /** A stretch of time that begins at {@code at}. */
  public record Point(
      Instant at, int attempt, ByteSize minBytes, ByteSize meanBytes, ByteSize maxBytes) {}

  /** In GB of 2^30 bytes, as GPU tools count. */
  public double peakGb() {
    return maxBytes.bytes() / (double) (1L << 30);
  }

  /** In GB of 2^30 bytes. */
  public double averageGb() {
    return meanBytes.bytes() / (double) (1L << 30);
  }
}
