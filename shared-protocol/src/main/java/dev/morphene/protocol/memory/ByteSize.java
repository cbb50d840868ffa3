package dev.morphene.protocol.memory;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** An amount of memory; 0 or more bytes. 1 GB is 2^30 bytes here, as GPU tools count. */
public record ByteSize(@JsonValue long bytes) implements Comparable<ByteSize> {
  private static final long BYTES_PER_GB = 1L << 30;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("A byte size is 0 or more, not " + bytes + ".");
    }
  }

  public static ByteSize ofGb(double gb) {
    return new ByteSize(Math.round(gb * BYTES_PER_GB));
  }

  public double gb() {
    return (double) bytes / BYTES_PER_GB;
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** For people: one decimal, in GB. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f GB", gb());
  }
}
