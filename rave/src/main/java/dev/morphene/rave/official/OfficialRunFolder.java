package dev.morphene.rave.official;

import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.checkpoint.RunNote;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.training.RunRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code official/} in a run's folder: what the program writes, and {@code run.json}, which says
 * what the run was begun with. The program itself tells runs apart by name and config only, and
 * continues nothing by itself; a run of the native trainer is none of its business.
 */
public final class OfficialRunFolder {
  private static final String FOLDER = "official";

  private final Path folder;
  private final Map<String, String> recipe;
  private ValidationRecord validation;

  private OfficialRunFolder(Path folder, Map<String, String> recipe, ValidationRecord validation) {
    this.folder = folder;
    this.recipe = recipe;
    this.validation = validation;
  }

  /**
   * Looks at the folder, which need not be there, and changes nothing.
   *
   * @param recipe what must stay equal; the batch alone may change
   * @throws JobFailure BAD_INPUT when another run lives there, UNREADABLE when that cannot be told
   */
  static OfficialRunFolder of(
      Path runFolder, Map<String, String> recipe, Consumer<String> warnings) {
    refuseNative(runFolder);
    Path folder = runFolder.resolve(FOLDER).toAbsolutePath();
    Optional<RunNote> note = RunNote.read(folder);
    note.ifPresent(run -> RunRecipe.checkContinues(run.recipe(), recipe, warnings));
    ValidationRecord validation = note.map(RunNote::validation).orElse(ValidationRecord.none());
    return new OfficialRunFolder(folder, recipe, validation);
  }

  /**
   * Makes the folder and notes the run in it.
   *
   * @throws JobFailure STORAGE when it cannot be written
   */
  void begin() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw storage(folder, e);
    }
    write();
  }

  /**
   * Keeps the native trainer out of an official run's folder.
   *
   * @throws JobFailure BAD_INPUT when there is such a run
   */
  public static void refuseOfficial(Path runFolder) {
    if (RunNote.isIn(runFolder.resolve(FOLDER))) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The run folder "
              + runFolder
              + " holds a run of the official trainer; name that trainer or use an empty folder.");
    }
  }

  private static void refuseNative(Path runFolder) {
    Path checkpoints = runFolder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      if (files.anyMatch(file -> CheckpointFile.of(file).isPresent())) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "The run folder "
                + runFolder
                + " holds checkpoints of this program's own trainer, which the official one cannot"
                + " continue; use an empty folder.");
      }
    } catch (IOException e) {
      throw storage(checkpoints, e);
    }
  }

  /** What the program gets as its output folder. */
  Path path() {
    return folder;
  }

  ValidationRecord validation() {
    return validation;
  }

  /** Remembers a validation over all attempts. */
  void validated(long step, double distance) {
    validation = validation.with(step, distance);
    write();
  }

  private void write() {
    try {
      new RunNote(recipe, validation).write(folder);
    } catch (IOException e) {
      throw storage(folder, e);
    }
  }

  private static JobFailure storage(Path folder, IOException e) {
    return new JobFailure(
        FailureClass.STORAGE,
        "Cannot use the folder " + folder + ": " + e.getMessage() + "; free space or mend it.",
        e);
  }
}
