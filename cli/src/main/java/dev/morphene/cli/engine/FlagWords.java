package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words of an option out of a closed set, in lower case. */
final class FlagWords {
  private FlagWords() {}

  /**
   * @throws CommandFailure USAGE that names the words there are
   */
  static <E extends Enum<E>> E of(String option, E[] values, String word) {
    return Arrays.stream(values)
        .filter(value -> lower(value).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.USAGE,
                    option
                        + " is "
                        + Arrays.stream(values)
                            .map(FlagWords::lower)
                            .collect(Collectors.joining(", "))
                        + ", not \""
                        + word
                        + "\"."));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
