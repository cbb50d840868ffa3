package dev.morphene.rave.process;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A constant that lines, requests and options spell in small letters. */
public interface Spelled {
  /** As Java spells it. */
  String name();

  default String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @param what a word of another kind is not, for the message: {@code augmentation}
   * @throws IllegalArgumentException that names the words there are
   */
  static <C extends Enum<C> & Spelled> C of(Class<C> constants, String word, String what) {
    return Arrays.stream(constants.getEnumConstants())
        .filter(constant -> constant.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + word
                        + "\" is no "
                        + what
                        + "; use "
                        + Arrays.stream(constants.getEnumConstants())
                            .map(C::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
