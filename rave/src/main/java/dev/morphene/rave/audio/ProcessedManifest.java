package dev.morphene.rave.audio;

import java.util.List;
import java.util.SortedMap;

/**
 * What a processed folder holds and how it came about; kept in the folder as {@value #FILE_NAME}.
 *
 * @param version of this layout
 * @param recordings by the raw file's path relative to its folder
 */
record ProcessedManifest(int version, SortedMap<String, Recording> recordings) {
  static final String FILE_NAME = ".processed.json";
  static final int VERSION = 1;

  /**
   * @param stem its files are named {@code stem_001.wav} and so on
   * @param rawBytes size of the raw file
   * @param rawModifiedMillis its time of change, since 1970
   * @param settings everything else that decides the result
   * @param parts sizes in bytes of the files written; empty while the work is unfinished, or when
   *     the recording was left out
   * @param result empty in the same cases
   */
  record Recording(
      String stem,
      long rawBytes,
      long rawModifiedMillis,
      String settings,
      List<Long> parts,
      List<SourceProcessor.Processed> result) {}
}
