package dev.morphene.cli.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Practice mode: with {@value #VARIABLE}=1 every training becomes one of a minute, so that a
 * newcomer can follow the guide to its end. What comes out is a working instrument that sounds of
 * nothing yet.
 */
public final class Practice {
  public static final String VARIABLE = "MORPHENE_PRACTICE";

  /** Of the JVM; says the same as the variable where an environment cannot be set. */
  static final String PROPERTY = "morphene.practice";

  private static final String CONFIG = "tiny";
  private static final long MOST_STEPS = 60;
  private static final int MOST_BATCH = 2;
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final long PERIOD_STEPS = 20;

  private Practice() {}

  /**
   * The numbers of a training that practice replaces.
   *
   * @param phaseOneSteps absent means the config's
   */
  public record Numbers(
      String config,
      long maxSteps,
      OptionalLong phaseOneSteps,
      long validateEvery,
      long saveEvery,
      int batch,
      int signalSamples) {}

  /** Whether this process is to practise. */
  public static boolean isOn() {
    return isOn(System.getenv(), System.getProperty(PROPERTY, ""));
  }

  static boolean isOn(Map<String, String> environment, String property) {
    String word = environment.getOrDefault(VARIABLE, property).strip();
    return !word.isEmpty() && !word.equals("0") && !word.equalsIgnoreCase("false");
  }

  /** The numbers of a practice run; three fifths of its steps are the first phase. */
  public static Numbers apply(Numbers asked) {
    long steps = Math.min(MOST_STEPS, asked.maxSteps());
    return new Numbers(
        CONFIG,
        steps,
        OptionalLong.of(Math.max(1, steps * 3 / 5)),
        PERIOD_STEPS,
        PERIOD_STEPS,
        Math.min(MOST_BATCH, asked.batch()),
        SIGNAL_SAMPLES);
  }

  /** One sentence that says what {@link #apply} replaces by what; empty if nothing. */
  public static Optional<String> notice(Numbers asked) {
    Numbers practised = apply(asked);
    List<String> changes = new ArrayList<>();
    change(changes, "config", asked.config(), practised.config());
    change(changes, "steps", asked.maxSteps(), practised.maxSteps());
    change(
        changes,
        "phase one steps",
        asked.phaseOneSteps().isPresent() ? asked.phaseOneSteps().getAsLong() : "the config's",
        practised.phaseOneSteps().getAsLong());
    change(changes, "validation every", asked.validateEvery(), practised.validateEvery());
    change(changes, "checkpoint every", asked.saveEvery(), practised.saveEvery());
    change(changes, "batch", asked.batch(), practised.batch());
    change(changes, "signal samples", asked.signalSamples(), practised.signalSamples());
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Practice: "
                + VARIABLE
                + " is set, so this is a run of a minute, not an instrument to deliver: "
                + String.join(", ", changes)
                + ".");
  }

  private static void change(List<String> changes, String what, Object asked, Object practised) {
    if (!asked.equals(practised)) {
      changes.add(what + " " + practised + " in place of " + asked);
    }
  }
}
