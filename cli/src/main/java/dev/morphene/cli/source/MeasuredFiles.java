package dev.morphene.cli.source;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audio.AudioDecoder;
import dev.morphene.rave.audio.UnusableAudioException;
import dev.morphene.rave.collection.RecordedSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Files with their length, measured by decoding all of each.
 *
 * @param seconds of all together
 */
record MeasuredFiles(List<Path> files, double seconds) {

  /** Measures files; one that is no sound or damaged ends the command. */
  static MeasuredFiles of(List<Path> files) {
    double seconds = 0;
    for (Path file : files) {
      try {
        seconds += AudioDecoder.seconds(file);
      } catch (UnusableAudioException unusable) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "The file " + file + " " + unusable.getMessage() + "; nothing was recorded.",
            unusable);
      } catch (IOException cause) {
        throw new CommandFailure(
            ExitCode.FAILED, "The file " + file + " cannot be read: " + cause.getMessage(), cause);
      }
    }
    // A millisecond is enough for people and programs.
    return new MeasuredFiles(files, Math.round(seconds * 1_000) / 1_000.0);
  }

  /** A warning when a claimed length is over 1 % off. */
  Optional<String> warning(double claimedSeconds) {
    return RecordedSource.isOff(claimedSeconds, seconds)
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "Warning: --duration says %s, but the files hold %s; the record keeps the %s.",
                length(claimedSeconds),
                length(seconds),
                length(claimedSeconds)))
        : Optional.empty();
  }

  private static String length(double seconds) {
    return String.format(Locale.ROOT, "%.1f s (%.2f h)", seconds, seconds / 3_600);
  }
}
