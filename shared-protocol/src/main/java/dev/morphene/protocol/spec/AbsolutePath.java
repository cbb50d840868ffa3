package dev.morphene.protocol.spec;

import dev.morphene.protocol.json.Required;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths in a job must mean the same on every node. */
final class AbsolutePath {
  private AbsolutePath() {}

  static String check(String path, String field) {
    Required.text(path, field);
    try {
      if (!Path.of(path).isAbsolute()) {
        throw new IllegalArgumentException(
            "\"" + field + "\" must be an absolute path, not \"" + path + "\".");
      }
    } catch (InvalidPathException cause) {
      throw new IllegalArgumentException(
          "\"" + field + "\" is not a path: " + cause.getReason() + ".", cause);
    }
    return path;
  }
}
