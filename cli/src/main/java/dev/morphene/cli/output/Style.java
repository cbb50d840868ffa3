package dev.morphene.cli.output;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Colours, on a terminal only, and not when {@code NO_COLOR} is set (no-color.org).
 *
 * @param coloured whether colours are printed
 */
public record Style(boolean coloured) {
  private static final Pattern ESCAPE = Pattern.compile("\u001B\\[[0-9;]*m");

  public static Style of(Map<String, String> environment, boolean terminal) {
    String refused = environment.getOrDefault("NO_COLOR", "");
    return new Style(terminal && refused.isEmpty());
  }

  /** For this process' standard output. */
  public static Style ofThisProcess() {
    return of(System.getenv(), System.console() != null);
  }

  public String good(String text) {
    return colour(32, text);
  }

  public String bad(String text) {
    return colour(31, text);
  }

  public String busy(String text) {
    return colour(36, text);
  }

  public String quiet(String text) {
    return colour(2, text);
  }

  private String colour(int code, String text) {
    return coloured ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }

  static String strip(String text) {
    return ESCAPE.matcher(text).replaceAll("");
  }
}
