package dev.morphene.cli.progress;

import java.io.PrintStream;
import java.util.List;

/**
 * Shows lines that change. On a terminal the block is redrawn in place; elsewhere a line is printed
 * only when it says something new.
 */
public final class Terminal {
  private static final String UP_ONE_LINE = "\u001b[1A";
  private static final String CLEAR_LINE = "\u001b[2K";

  private final PrintStream out;
  private final boolean interactive;
  private int drawnLines;

  public Terminal(PrintStream out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  /** Standard output; interactive when it is a terminal that can move its cursor. */
  public static Terminal standard() {
    boolean interactive =
        System.console() != null && !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
    return new Terminal(System.out, interactive);
  }

  public boolean isInteractive() {
    return interactive;
  }

  /** Prints a line that stays, above the block. */
  public void print(String line) {
    eraseBlock();
    out.println(line);
    out.flush();
  }

  /** Redraws the block; does nothing where lines cannot be redrawn. */
  public void show(List<String> block) {
    if (!interactive) {
      return;
    }
    eraseBlock();
    block.forEach(out::println);
    drawnLines = block.size();
    out.flush();
  }

  private void eraseBlock() {
    for (int line = 0; line < drawnLines; line++) {
      out.print(UP_ONE_LINE + CLEAR_LINE);
    }
    drawnLines = 0;
  }
}
