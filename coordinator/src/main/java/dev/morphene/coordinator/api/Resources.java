package dev.morphene.coordinator.api;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files that the coordinator carries and serves as they are. */
final class Resources {
  private static final String FOLDER = "/dev/morphene/coordinator/";

  private Resources() {}

  static Buffer read(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(FOLDER + name)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
