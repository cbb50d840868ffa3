package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who trains. The two need different memory and their runs cannot continue each other. */
public enum Trainer {
  /** This program; knows the configs {@code v2}, {@code v2_small} and {@code tiny}. */
  @JsonProperty("native")
  NATIVE("native", "morphene-1"),
  /**
   * The official command {@code rave} of version 2.3, installed on the node; knows its own configs.
   */
  @JsonProperty("rave")
  RAVE("rave", "rave-2.3");

  private final String word;
  private final String version;

  Trainer(String word, String version) {
    this.word = word;
    this.version = version;
  }

  /** As it stands in submissions and on the command line. */
  public String word() {
    return word;
  }

  /** As it stands in recipes: what was measured with one version says nothing of another. */
  public String version() {
    return version;
  }
}
