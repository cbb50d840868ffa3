package dev.morphene.rave.audit;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * What the audit of one checkpoint found; {@value #FILE_NAME} in its folder.
 *
 * @param formatVersion of this layout
 * @param checkpoint the file's name
 * @param checkpointSha256 lower-case hexadecimal
 * @param codecSamplingRateHz the checkpoint's own rate; files are written at 48 kHz
 * @param compressionRatio samples for each latent frame
 * @param latentSize latents in a frame
 * @param delaySamples by which the codec was late at its own rate; taken out of all files
 * @param durationSeconds of every file
 * @param references the recordings, musical first
 * @param reconstructions musical first
 * @param morphs from musical to nonmusical
 * @param path how the morphs lead from one to the other
 * @param criteria the guide's four
 * @param passed true when all criteria are met
 * @param emaWeights whether the moving average of the weights was heard
 */
public record AuditReport(
    int formatVersion,
    String checkpoint,
    String checkpointSha256,
    int codecSamplingRateHz,
    int compressionRatio,
    int latentSize,
    int delaySamples,
    double durationSeconds,
    List<Reference> references,
    List<Reconstruction> reconstructions,
    List<Morph> morphs,
    MorphPath path,
    List<Criterion> criteria,
    boolean passed,
    boolean emaWeights) {
  public static final String FILE_NAME = "audit.json";
  static final int FORMAT_VERSION = 1;

  /**
   * @param kind musical or nonmusical
   */
  public record Reference(String kind, String file, SoundHealth health) {}

  /**
   * A reconstruction beside its reference.
   *
   * @param spectralDistance multi-scale; see {@link SpectralDistance#multiScale}
   * @param logMelDecibels see {@link SpectralDistance#logMelDecibels}
   * @param loudnessDifferenceLu reconstruction minus reference
   * @param ownTimbreDecibels distance of time-averaged statistics to its own reference
   * @param otherTimbreDecibels the same to the other reference
   */
  public record Reconstruction(
      String kind,
      String file,
      SoundHealth health,
      double spectralDistance,
      double logMelDecibels,
      double loudnessDifferenceLu,
      double ownTimbreDecibels,
      double otherTimbreDecibels) {}

  /**
   * @param nonmusicalShare 0 to 1 of the latents
   */
  public record Morph(double nonmusicalShare, String file, SoundHealth health) {}

  /**
   * @param name in the guide's words
   * @param reasons what is wrong, or why it is met
   */
  public record Criterion(String name, boolean passed, List<String> reasons) {}

  /** Writes {@value #FILE_NAME} into a folder, complete or not at all. */
  public void write(Path folder) throws IOException {
    Path temporary = folder.resolve("." + FILE_NAME + ".new");
    ProcessJson.mapper().writerWithDefaultPrettyPrinter().writeValue(temporary.toFile(), this);
    Files.move(
        temporary,
        folder.resolve(FILE_NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * @throws JobFailure BAD_INPUT if there is no audit, UNREADABLE if it is damaged
   */
  public static AuditReport read(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "There is no audit in " + folder + "; audit the checkpoint first.");
    }
    try {
      AuditReport report = ProcessJson.mapper().readValue(file.toFile(), AuditReport.class);
      if (report == null || report.formatVersion() != FORMAT_VERSION || report.path() == null) {
        throw new IOException("it is of another version");
      }
      return report;
    } catch (IOException damaged) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "The audit " + file + " cannot be read; audit the checkpoint again.",
          damaged);
    }
  }
}
