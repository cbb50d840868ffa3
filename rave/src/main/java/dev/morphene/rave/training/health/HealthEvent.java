package dev.morphene.rave.training.health;

import dev.morphene.rave.process.HealthCondition;
import java.util.Locale;
import java.util.Map;

/** A condition that has just begun to hold. */
public sealed interface HealthEvent {
  HealthCondition condition();

  /** Training steps done when it was noticed. */
  long step();

  /** One sentence with the numbers and what to do. */
  String message();

  /** The numbers by name. */
  Map<String, Double> measures();

  /** Whether more training cannot mend it, so that the run has failed rather than ended. */
  default boolean isFailure() {
    return true;
  }

  /**
   * Losses, a validation or weights are no numbers.
   *
   * @param what is no number, {@code losses at step 5} for instance
   */
  record NotANumber(long step, String what) implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.NAN;
    }

    @Override
    public String message() {
      return "Training diverged: "
          + what
          + " are no numbers; use another seed or check the"
          + " recordings.";
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of();
    }
  }

  /**
   * Recordings are answered with silence.
   *
   * @param inputDecibels mean level of the validation set, of full scale
   * @param outputDecibels likewise of its reconstruction
   */
  record SilentOutput(long step, double inputDecibels, double outputDecibels)
      implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.SILENCE;
    }

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "The model is silent: its output is at %.0f dB for recordings at %.0f dB; use another"
              + " seed or look for silence among the recordings.",
          outputDecibels,
          inputDecibels);
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of("input_decibels", inputDecibels, "output_decibels", outputDecibels);
    }
  }

  /**
   * The output goes beyond full scale.
   *
   * @param inputShare of the validation set's samples beyond full scale
   * @param outputShare likewise of the reconstruction's
   */
  record ClippingOutput(long step, double inputShare, double outputShare) implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.CLIPPING;
    }

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "The model clips: %.1f %% of its output are beyond full scale, %.1f %% of the recordings;"
              + " lower the recordings' level or use another seed.",
          100 * outputShare,
          100 * inputShare);
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of("input_clipped", inputShare, "output_clipped", outputShare);
    }
  }

  /**
   * The latents say nothing about the recordings.
   *
   * @param divergence of the latents from the prior, summed over them
   * @param activeLatents latents whose mean differs from frame to frame
   */
  record CollapsedLatents(long step, double divergence, int activeLatents) implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.COLLAPSE;
    }

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "The latents have collapsed: their divergence is %.3f and %d of them follow the"
              + " recordings; use a config with a smaller beta or another seed.",
          divergence,
          activeLatents);
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of("regularization", divergence, "active_latents", (double) activeLatents);
    }
  }

  /**
   * The discriminators have won.
   *
   * @param loss of the discriminators, mean over the window; 2 is undecided
   * @param margin between the scores of recordings and reconstructions, likewise
   */
  record DiscriminatorRunaway(long step, double loss, double margin) implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.RUNAWAY;
    }

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "The discriminators have run away: their loss is %.3f and recordings score %.1f above"
              + " reconstructions; lengthen phase one or add recordings.",
          loss,
          margin);
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of("loss_dis", loss, "margin", margin);
    }
  }

  /**
   * Validations do not get better.
   *
   * @param best smallest distance of this phase
   * @param validations since then
   */
  record Plateau(long step, double best, int validations) implements HealthEvent {
    @Override
    public HealthCondition condition() {
      return HealthCondition.PLATEAU;
    }

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "Training stands still: the last %d validations were not better than %.3f; the best"
              + " checkpoint may be as good as it gets.",
          validations,
          best);
    }

    @Override
    public Map<String, Double> measures() {
      return Map.of("best_distance", best, "validations", (double) validations);
    }

    @Override
    public boolean isFailure() {
      return false;
    }
  }
}
