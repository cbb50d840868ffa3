package dev.morphene.protocol.source;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Which half of an instrument a source is; each instrument needs both. */
public enum SourceType {
  @JsonProperty("musical")
  MUSICAL,
  @JsonProperty("nonmusical")
  NONMUSICAL;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
