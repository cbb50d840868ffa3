package dev.morphene.cli.source;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.source.SourceId;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads what was typed after a flag; what cannot be read ends the command with a sentence. */
final class FlagValue {
  private static final double LONGEST_SECONDS = 1e9;
  private static final int LONGEST_TEXT = 10_000;

  private FlagValue() {}

  static CommandFailure off(String sentence) {
    return new CommandFailure(ExitCode.USAGE, sentence);
  }

  static String text(String flag, String typed) {
    if (typed.isBlank()) {
      throw off(flag + " is empty; write a word after it, or leave it out.");
    }
    if (typed.length() > LONGEST_TEXT) {
      throw off(flag + " is longer than " + LONGEST_TEXT + " letters; shorten it.");
    }
    if (typed.chars().anyMatch(letter -> Character.isISOControl(letter))) {
      throw off(flag + " holds a line break or another control character; take it out.");
    }
    return typed.strip();
  }

  /** Seconds with or without a fraction. */
  static double seconds(String flag, String typed) {
    try {
      // Not Double.parseDouble: it takes 5400d, 0x1p3 and NaN too.
      double seconds = new BigDecimal(typed.strip()).doubleValue();
      if (seconds >= 0 && seconds <= LONGEST_SECONDS) {
        return seconds;
      }
    } catch (NumberFormatException noNumber) {
      throw new CommandFailure(
          ExitCode.USAGE,
          flag + " is a number of seconds, 5400 for 1.5 h for instance, not \"" + typed + "\".",
          noNumber);
    }
    throw off(flag + " is from 0 to 1,000,000,000 seconds, not " + typed + ".");
  }

  static int quality(String flag, String typed) {
    String digits = typed.strip();
    if (!digits.matches("[1-5]")) {
      throw off(flag + " is 1 (poor) to 5 (excellent), a whole number, not \"" + typed + "\".");
    }
    return Integer.parseInt(digits);
  }

  /** One constant of an enumeration, in any case; dashes are left out. */
  static <E extends Enum<E>> E word(String flag, String typed, E[] constants) {
    String wanted = typed.strip().replace("-", "").toUpperCase(Locale.ROOT);
    return Arrays.stream(constants)
        .filter(constant -> constant.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                off(
                    flag
                        + " is "
                        + Arrays.stream(constants)
                            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" or "))
                        + ", not \""
                        + typed
                        + "\"."));
  }

  /** Words between commas. */
  static List<String> words(String flag, String typed) {
    List<String> words =
        Arrays.stream(typed.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    if (words.isEmpty()) {
      throw off(flag + " names nothing; write it like " + flag + " trimmed,normalised.");
    }
    words.forEach(word -> text(flag, word));
    return words;
  }

  static SourceId id(String typed) {
    try {
      return new SourceId(Long.parseLong(typed.strip()));
    } catch (IllegalArgumentException none) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "A source's ID is a whole number from 1, not \""
              + typed
              + "\"; morphene sources list shows them.",
          none);
    }
  }
}
