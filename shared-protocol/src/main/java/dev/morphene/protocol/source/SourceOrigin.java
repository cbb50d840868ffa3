package dev.morphene.protocol.source;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How the studio came by a source. */
public enum SourceOrigin {
  /** By a recording of its own: full ownership. */
  @JsonProperty("recorded")
  RECORDED,
  /** From a library: its licence says what is allowed. */
  @JsonProperty("licensed")
  LICENSED,
  /** From a performer asked for it: the agreement is kept. */
  @JsonProperty("commissioned")
  COMMISSIONED,
  /** Made by a synthesizer: the patch is kept. */
  @JsonProperty("synthesized")
  SYNTHESIZED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
