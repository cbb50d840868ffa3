package dev.morphene.protocol.catalogue;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the files of an instrument are, below a project folder (the guide's folder tree). A folder
 * that is there already and still bears the name's accents is used.
 *
 * @param project the folder that {@code setup} made
 * @param name the instrument's folder name
 */
public record InstrumentFolders(Path project, String name) {

  public static InstrumentFolders of(Path project, Instrument instrument) {
    return new InstrumentFolders(project, instrument.folderName());
  }

  public Path musicalRaw() {
    return sources().resolve("musical").resolve("raw");
  }

  public Path musicalProcessed() {
    return sources().resolve("musical").resolve("processed");
  }

  public Path nonmusicalRaw() {
    return sources().resolve("nonmusical").resolve("raw");
  }

  public Path nonmusicalProcessed() {
    return sources().resolve("nonmusical").resolve("processed");
  }

  public Path referenceClips() {
    return sources().resolve("reference_clips");
  }

  public Path trainingData() {
    return FoundFolder.in(project.resolve("training_data"), name);
  }

  /** Also the run folder of its training. */
  public Path model() {
    return FoundFolder.in(project.resolve("models"), name);
  }

  public Path checkpoints() {
    return model().resolve("checkpoints");
  }

  public Path audits() {
    return model().resolve("audit");
  }

  /** The audit of one checkpoint; {@code step} with at least six digits. */
  public static Path auditOf(Path audits, long step) {
    return audits.resolve(String.format(Locale.ROOT, "%06d", step));
  }

  public Path delivery() {
    return model().resolve("final");
  }

  public Path exportedModel() {
    return delivery().resolve(name + ".ts");
  }

  private Path sources() {
    return FoundFolder.in(project.resolve("sources"), name);
  }
}
