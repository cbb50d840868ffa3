package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that one server of one process owns while it is open. The operating system drops the
 * lock with the process, however it dies.
 */
final class DataFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

  private final Path path;
  private final boolean temporary;
  private final FileChannel channel;

  private DataFolder(Path path, boolean temporary, FileChannel channel) {
    this.path = path;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Opens a folder, making it first when it is missing.
   *
   * @param folder empty for one that is deleted on close
   * @param server for the sentence and for the lock's name
   * @throws ServerStartFailure when another process, or this one, has it open
   */
  static DataFolder open(Optional<Path> folder, String server) {
    try {
      Path path =
          folder.isPresent()
              ? Files.createDirectories(folder.get().toAbsolutePath().normalize())
              : Files.createTempDirectory("morphene-" + server.toLowerCase(java.util.Locale.ROOT));
      FileChannel channel =
          FileChannel.open(
              path.resolve("in-use.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        channel.close();
        throw new ServerStartFailure(
            Reason.FOLDER_IN_USE,
            "The folder "
                + path
                + " of the embedded "
                + server
                + " is in use by another process; stop that one or choose another data folder.",
            null);
      }
      return new DataFolder(path, folder.isEmpty(), channel);
    } catch (IOException cause) {
      throw new ServerStartFailure(
          Reason.NOT_PERMITTED,
          "The data folder of the embedded "
              + server
              + " cannot be used ("
              + cause
              + "); choose a folder that this user may write.",
          cause);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  boolean isTemporary() {
    return temporary;
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (temporary) {
        delete();
      }
    } catch (IOException | UncheckedIOException cause) {
      LOG.warn("The folder {} could not be given up cleanly.", path, cause);
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
