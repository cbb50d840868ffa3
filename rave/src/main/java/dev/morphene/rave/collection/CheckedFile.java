package dev.morphene.rave.collection;

import dev.morphene.rave.audio.SoundProfile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file of a source, measured.
 *
 * @param source its record; absent for a loose file
 * @param profile absent when the file cannot be read as sound
 */
public record CheckedFile(OptionalLong source, Path file, Optional<SoundProfile> profile) {

  /** For people: the file, and whose it is. */
  String label() {
    return file + (source.isPresent() ? " of source " + source.getAsLong() : "");
  }
}
