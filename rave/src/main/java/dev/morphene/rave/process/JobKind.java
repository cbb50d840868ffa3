package dev.morphene.rave.process;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a child process can be started for; the first word of its command line. */
public enum JobKind {
  PREPROCESS,
  TRAIN,
  AUDIT,
  EXPORT;

  /** The word on the command line and in the hello line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<JobKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(JobKind::word).collect(Collectors.joining(", "));
  }
}
