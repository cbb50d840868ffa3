package dev.morphene.rave.training.health;

import java.util.Map;
import java.util.Optional;

/**
 * Discriminators that tell every reconstruction: a hinge loss (Lim and Ye, arXiv 1705.02894) of
 * next to nothing, or scores that draw ever further apart.
 */
final class RunawayCheck implements HealthCheck {
  /** Discriminator steps to a window. */
  static final int WINDOW = 200;

  /** Of 2, which a discriminator has that cannot decide. */
  private static final double LEAST_LOSS = 0.05;

  /** Twice what the hinge asks for: scores 2 apart have no loss left. */
  private static final double LARGE_MARGIN = 4;

  /** Windows in a row with a larger margin than the one before. */
  private static final int GROWING_WINDOWS = 3;

  private final int discriminators;
  private final Onset onset = new Onset();
  private double lossSum;
  private double marginSum;
  private int counted;
  private double lastMargin = Double.POSITIVE_INFINITY;
  private int growing;

  /**
   * @param discriminators over which {@code loss_dis} is summed; scores are means over them
   */
  RunawayCheck(int discriminators) {
    this.discriminators = discriminators;
  }

  @Override
  public Optional<HealthEvent> afterStep(long step, Map<String, Double> losses) {
    Double loss = losses.get("loss_dis");
    if (loss == null) {
      return Optional.empty();
    }
    lossSum += loss / discriminators;
    marginSum += losses.get("pred_real") - losses.get("pred_fake");
    counted++;
    if (counted < WINDOW) {
      return Optional.empty();
    }
    double meanLoss = lossSum / WINDOW;
    double margin = marginSum / WINDOW;
    growing = margin > lastMargin ? growing + 1 : 0;
    lastMargin = margin;
    lossSum = 0;
    marginSum = 0;
    counted = 0;
    boolean runaway =
        meanLoss < LEAST_LOSS || (margin > LARGE_MARGIN && growing >= GROWING_WINDOWS);
    return onset.begins(runaway)
        ? Optional.of(new HealthEvent.DiscriminatorRunaway(step, meanLoss, margin))
        : Optional.empty();
  }
}
