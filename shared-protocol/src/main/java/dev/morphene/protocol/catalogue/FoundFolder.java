package dev.morphene.protocol.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Finds the folder of an instrument that was made when names still bore accents: {@code
 * caférhodes}, composed or decomposed. A folder of the plain name goes before it.
 */
final class FoundFolder {
  private FoundFolder() {}

  /** The folder below {@code parent}; the one to make when there is none yet. */
  static Path in(Path parent, String name) {
    Path plain = parent.resolve(name);
    if (Files.exists(plain) || !Files.isDirectory(parent)) {
      return plain;
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> Instrument.plain(nameOf(entry)).equals(name))
          .filter(Files::isDirectory)
          .sorted()
          .findFirst()
          .orElse(plain);
    } catch (IOException | UncheckedIOException unreadable) {
      return plain;
    }
  }

  /** A URI tells the name's own bytes in every locale; a String does not in the C locale. */
  private static String nameOf(Path entry) {
    String path = entry.toUri().getPath();
    String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return bare.substring(bare.lastIndexOf('/') + 1);
  }
}
