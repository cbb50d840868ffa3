package dev.morphene.cli.local;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a local cluster keeps what must survive a restart.
 *
 * @param root holds the database, the broker's queues, the logs and the folders of running children
 */
public record DataFolder(Path root) {

  /**
   * {@code XDG_DATA_HOME/morphene}, or {@code ~/.local/share/morphene} (XDG Base Directory
   * Specification).
   */
  public static Path defaultRoot(Map<String, String> environment, Path userHome) {
    String dataHome = environment.get("XDG_DATA_HOME");
    Path base =
        dataHome == null || dataHome.isBlank()
            ? userHome.resolve(".local").resolve("share")
            : Path.of(dataHome);
    return base.resolve("morphene");
  }

  /** Makes the folder if there is none. */
  public static DataFolder open(Path root) {
    try {
      return new DataFolder(Files.createDirectories(root).toAbsolutePath().normalize());
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The data folder "
              + root
              + " cannot be made ("
              + cause.getMessage()
              + "); give another with --data or --out.",
          cause);
    }
  }

  public Path servers() {
    return root.resolve("servers");
  }

  public Path work() {
    return root.resolve("work");
  }

  public Path log() {
    return root.resolve("morphene.log");
  }

  /** Holds the HTTP address while a local cluster is up. */
  public Path addressFile() {
    return root.resolve("http-address");
  }

  /** The coordinator of the cluster that is up; a file that a killed one left behind is none. */
  public Optional<URI> runningCoordinator() {
    try {
      return Optional.of(URI.create(Files.readString(addressFile(), StandardCharsets.UTF_8).trim()))
          .filter(CoordinatorProbe::answers);
    } catch (IOException | IllegalArgumentException notUp) {
      return Optional.empty();
    }
  }
}
