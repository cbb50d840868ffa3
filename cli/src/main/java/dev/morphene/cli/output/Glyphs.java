package dev.morphene.cli.output;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What standard output can show: block characters, or plain ASCII in the C locale.
 *
 * @param blocks whether block characters can be shown
 */
public record Glyphs(boolean blocks) {

  /** For this process' standard output. */
  public static Glyphs ofThisProcess() {
    return new Glyphs(charset().newEncoder().canEncode('█'));
  }

  private static Charset charset() {
    try {
      return Charset.forName(
          System.getProperty("sun.stdout.encoding", System.getProperty("native.encoding")));
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.US_ASCII;
    }
  }

  /** A bar of so many cells, full to {@code share} from 0 to 1. */
  public String bar(double share, int cells) {
    int full = (int) Math.max(0, Math.min(cells, Math.floor(share * cells)));
    return blocks
        ? "█".repeat(full) + "░".repeat(cells - full)
        : "#".repeat(full) + ".".repeat(cells - full);
  }
}
