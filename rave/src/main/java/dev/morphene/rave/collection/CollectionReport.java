package dev.morphene.rave.collection;

import java.util.List;

/**
 * What a check found.
 *
 * @param files each file of each source, in the order of the sources
 * @param problems in the order in which they were found; empty when all is well
 */
public record CollectionReport(List<CheckedFile> files, List<Problem> problems) {
  public CollectionReport {
    files = List.copyOf(files);
    problems = List.copyOf(problems);
  }
}
