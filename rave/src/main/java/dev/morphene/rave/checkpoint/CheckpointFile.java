package dev.morphene.rave.checkpoint;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A complete checkpoint in a run's folder; the name tells the step. */
public record CheckpointFile(long step, Path path) {
  private static final Pattern NAME = Pattern.compile("step_(\\d{9,18})\\.ckpt");

  static CheckpointFile in(Path folder, long step) {
    return new CheckpointFile(
        step, folder.resolve(String.format(Locale.ROOT, "step_%09d.ckpt", step)));
  }

  /** Empty when the name is not that of a checkpoint. */
  public static Optional<CheckpointFile> of(Path path) {
    Matcher matcher = NAME.matcher(path.getFileName().toString());
    return matcher.matches()
        ? Optional.of(new CheckpointFile(Long.parseLong(matcher.group(1)), path))
        : Optional.empty();
  }
}
