package dev.morphene.rave.collection;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One thing that is wrong with a source.
 *
 * @param source its record; absent for a loose file
 * @param file that is concerned; absent when it is the source as a whole
 * @param finding what is wrong, a phrase that goes on from the file's or the source's name
 */
public record Problem(OptionalLong source, Optional<Path> file, ProblemKind kind, String finding) {

  /** Finding and fix in one line. */
  public String sentence() {
    String whose = source.isPresent() ? "source " + source.getAsLong() : "";
    String which = file.map(Path::toString).orElse("");
    String between = whose.isEmpty() || which.isEmpty() ? "" : ": ";
    return whose + between + which + " " + finding + "; " + kind.fix() + ".";
  }
}
