package dev.morphene.rave.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * {@code run.json}: what a run of the official trainer was begun with, which its own checkpoints do
 * not tell.
 *
 * @param recipe what must stay equal for the run to be continued
 * @param validation over all attempts
 */
public record RunNote(Map<String, String> recipe, ValidationRecord validation) {
  private static final String FILE = "run.json";

  /** A checkpoint lies in folders of the run, of its start, and of checkpoints. */
  private static final int LEVELS = 4;

  /** Whether a run was begun in a folder. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /**
   * The note of a folder; empty when there is none.
   *
   * @throws JobFailure UNREADABLE when it cannot be read
   */
  public static Optional<RunNote> read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ProcessJson.mapper().readValue(Files.readAllBytes(file), RunNote.class));
    } catch (JsonProcessingException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " is damaged; use an empty run folder or restore the file.",
          e);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " cannot be read: " + e.getMessage() + "; mend the folder.",
          e);
    }
  }

  /** The note of the run that a checkpoint of the official trainer belongs to. */
  static Optional<RunNote> above(Path checkpoint) {
    Path folder = checkpoint.toAbsolutePath();
    for (int level = 0; level < LEVELS && folder.getParent() != null; level++) {
      folder = folder.getParent();
    }
    return read(folder);
  }

  /** Writes it whole or not at all. */
  public void write(Path folder) throws IOException {
    Path temporary = folder.resolve(FILE + ".partial");
    Files.writeString(temporary, ProcessJson.mapper().writeValueAsString(this));
    Files.move(temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }
}
