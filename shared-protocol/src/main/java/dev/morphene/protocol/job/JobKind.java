package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a job does. The lower-case name is what messages, the API and the command line say. */
public enum JobKind {
  /** Raw recordings to a training dataset. */
  @JsonProperty("preprocess")
  PREPROCESS,
  /** A dataset to checkpoints. The only kind that needs a GPU's memory. */
  @JsonProperty("train")
  TRAIN,
  /** A checkpoint to seven renderings and their measures. */
  @JsonProperty("audit")
  AUDIT,
  /** The best audited checkpoint to a delivered instrument. */
  @JsonProperty("export")
  EXPORT;

  /** The name used outside Java. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
