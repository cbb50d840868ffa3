package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who trains. */
public enum TrainerKind {
  /** This program. */
  @JsonProperty("native")
  NATIVE,
  /** The official command {@code rave} of version 2.3, which must be installed. */
  @JsonProperty("rave")
  RAVE
}
