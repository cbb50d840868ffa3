package dev.morphene.protocol.catalogue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** A third of the catalogue; the order is the order of work. */
public enum Tier {
  @JsonProperty("flagship")
  FLAGSHIP,
  @JsonProperty("strong")
  STRONG,
  @JsonProperty("experimental")
  EXPERIMENTAL;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
