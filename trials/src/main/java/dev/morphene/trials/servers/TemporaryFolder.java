package dev.morphene.trials.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A server's data: below the system's temporary folder, since another user may have to read it. */
record TemporaryFolder(Path path) {
  static TemporaryFolder of(String name) {
    try {
      return new TemporaryFolder(Files.createTempDirectory("morphene-" + name + "-"));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  Path file(String name, String content) {
    try {
      return Files.writeString(path.resolve(name), content);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  Path folder(String name) {
    try {
      return Files.createDirectories(path.resolve(name));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  void delete() {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException cause) {
      System.err.println("The folder " + path + " could not be deleted: " + cause.getMessage());
    }
  }
}
