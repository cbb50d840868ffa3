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

  /**
   * Reads a tier as an operator writes it: its name in any case, or 1, 2, 3.
   *
   * @throws IllegalArgumentException with one sentence
   */
  public static Tier parse(String text) {
    for (Tier tier : values()) {
      if (text.equalsIgnoreCase(tier.name()) || text.equals(Integer.toString(tier.ordinal() + 1))) {
        return tier;
      }
    }
    throw new IllegalArgumentException(
        "A tier is flagship, strong or experimental, or 1, 2 or 3, not \"" + text + "\".");
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
