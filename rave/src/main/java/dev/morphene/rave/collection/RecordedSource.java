package dev.morphene.rave.collection;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A source as somebody wrote it down.
 *
 * @param id of the record; absent for loose files
 * @param claimedSeconds how long it is said to be
 * @param files of it, absolute
 */
public record RecordedSource(OptionalLong id, OptionalDouble claimedSeconds, List<Path> files) {
  /** A claim is off when it differs from the files by more than this share of them. */
  private static final double CLAIM_TOLERANCE = 0.01;

  public RecordedSource {
    files = List.copyOf(files);
  }

  /** Whether a claimed length is wrong, given what the files hold. */
  public static boolean isOff(double claimedSeconds, double measuredSeconds) {
    return Math.abs(claimedSeconds - measuredSeconds) > CLAIM_TOLERANCE * measuredSeconds;
  }
}
