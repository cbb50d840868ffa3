package dev.morphene.cli.output;

import java.io.Console;
import java.util.Locale;

/** Asks before something that cannot be undone; only where somebody can answer. */
public final class Confirmation {
  private Confirmation() {}

  /**
   * Whether to go ahead. Without a terminal nobody can be asked, and a script means what it says.
   *
   * @param alreadyGiven by a flag
   * @param question without the question mark's hint
   */
  public static boolean given(boolean alreadyGiven, String question) {
    Console console = System.console();
    if (alreadyGiven || console == null) {
      return true;
    }
    String answer = console.readLine("%s [y/N] ", question);
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
