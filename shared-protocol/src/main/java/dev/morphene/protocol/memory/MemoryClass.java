package dev.morphene.protocol.memory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collection;

/**
 * How many jobs of one size may share a GPU (the guide's parallelism rule), by a job's peak memory.
 */
public enum MemoryClass {
  /** Peak below 30 GB. */
  @JsonProperty("under-30gb")
  UNDER_30_GB(3, "under-30gb"),
  /** Peak of 30 to 40 GB, both ends included. */
  @JsonProperty("30-to-40gb")
  FROM_30_TO_40_GB(2, "30-to-40gb"),
  /** Peak above 40 GB. */
  @JsonProperty("over-40gb")
  OVER_40_GB(1, "over-40gb");

  private static final ByteSize LOWER = ByteSize.ofGb(30);
  private static final ByteSize UPPER = ByteSize.ofGb(40);

  private final int jobsSideBySide;
  private final String word;

  MemoryClass(int jobsSideBySide, String word) {
    this.jobsSideBySide = jobsSideBySide;
    this.word = word;
  }

  public static MemoryClass of(ByteSize peak) {
    if (peak.compareTo(LOWER) < 0) {
      return UNDER_30_GB;
    }
    return peak.compareTo(UPPER) <= 0 ? FROM_30_TO_40_GB : OVER_40_GB;
  }

  /**
   * Whether these jobs may run on one GPU together: as many as the smallest parallelism among them.
   *
   * @param jobs the class of every job that would run there, the newcomer included
   */
  public static boolean allowsTogether(Collection<MemoryClass> jobs) {
    return jobs.stream().allMatch(job -> jobs.size() <= job.jobsSideBySide);
  }

  public int jobsSideBySide() {
    return jobsSideBySide;
  }

  /** The name used in queue names and messages. */
  public String word() {
    return word;
  }
}
