package dev.morphene.rave.preprocess;

import dev.morphene.rave.audio.Loudness;
import java.util.List;

/**
 * What became of the recordings of one source type.
 *
 * @param sourceType as the request names it
 * @param rawSeconds length of the usable recordings
 * @param seconds length of the processed files
 * @param chunks in the dataset
 * @param files the usable recordings
 * @param leftOut the others
 */
record SourceReport(
    String sourceType,
    double rawSeconds,
    double seconds,
    int chunks,
    List<FileReport> files,
    List<LeftOut> leftOut) {

  /**
   * @param file relative to the raw folder
   * @param processedFiles in the processed folder
   * @param before loudness after silence was trimmed
   * @param after loudness of the processed files
   * @param reused true when the files were up to date
   */
  record FileReport(
      String file,
      List<String> processedFiles,
      double rawSeconds,
      double seconds,
      Loudness before,
      Loudness after,
      boolean reused) {}

  /**
   * @param file relative to the raw folder
   * @param reason continues the sentence that begins with the file
   */
  record LeftOut(String file, String reason) {}
}
