package dev.morphene.protocol.source;

import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.json.Required;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much material an instrument has; it may be trained with {@link #HOURS_NEEDED} of each type.
 *
 * @param musicalHours collected
 * @param nonmusicalHours collected
 * @param sources how many records
 * @param references how many reference clips
 */
public record Readiness(
    Instrument instrument,
    double musicalHours,
    double nonmusicalHours,
    int sources,
    int references) {
  /** Of each type; the guide's minimum. */
  public static final double HOURS_NEEDED = 1.5;

  /** 5,399.6 s were meant as an hour and a half. */
  private static final double ROUNDING_HOURS = 0.001;

  public Readiness {
    Required.present(instrument, "instrument");
    Required.between(0, 1e9, musicalHours, "musicalHours");
    Required.between(0, 1e9, nonmusicalHours, "nonmusicalHours");
  }

  public boolean isReady() {
    return missing().isEmpty();
  }

  /** What is missing, a phrase each; empty when the instrument is ready to train. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    lack(missing, "musical", musicalHours);
    lack(missing, "non-musical", nonmusicalHours);
    return missing;
  }

  private static void lack(List<String> missing, String what, double hours) {
    double lacking = HOURS_NEEDED - hours;
    if (lacking > ROUNDING_HOURS) {
      missing.add(String.format(Locale.ROOT, "%.2f h of %s material", lacking, what));
    }
  }
}
