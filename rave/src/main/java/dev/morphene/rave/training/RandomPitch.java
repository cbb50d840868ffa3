package dev.morphene.rave.training;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.PitchRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Draws by how much an item is stretched: every ratio x / y in range with x, y below 20. */
final class RandomPitch {
  private static final double PROBABILITY = 0.5;
  private static final int LARGEST_TERM = 19;

  private final List<PolyphaseResampler> resamplers;

  /**
   * @param chunkSamples of the items
   * @param signalSamples that must be left of the shortest
   * @throws JobFailure BAD_INPUT when no ratio is in range or a chunk could become too short
   */
  RandomPitch(PitchRange range, int chunkSamples, int signalSamples) {
    List<PolyphaseResampler> inRange = new ArrayList<>();
    for (int up = 1; up <= LARGEST_TERM; up++) {
      for (int down = 1; down <= LARGEST_TERM; down++) {
        double ratio = up / (double) down;
        if (ratio >= range.lowest() && ratio <= range.highest() && coprime(up, down)) {
          inRange.add(new PolyphaseResampler(up, down));
        }
      }
    }
    if (inRange.isEmpty()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The pitch range "
              + range
              + " holds no ratio of whole numbers below 20; use 0.7,1.3 for instance.");
    }
    for (PolyphaseResampler resampler : inRange) {
      if (resampler.outputSamples(chunkSamples) < signalSamples) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "A chunk of "
                + chunkSamples
                + " samples, made "
                + String.format("%.2f", resampler.ratio())
                + " times as long by random pitch, is shorter than the training signal of "
                + signalSamples
                + "; use a narrower pitch range or preprocess with longer chunks.");
      }
    }
    this.resamplers = List.copyOf(inRange);
  }

  private static boolean coprime(int a, int b) {
    return b == 0 ? a == 1 : coprime(b, a % b);
  }

  /** Empty when the item keeps its pitch. */
  Optional<PolyphaseResampler> draw(SplittableRandom random) {
    boolean pitched = random.nextDouble() < PROBABILITY;
    PolyphaseResampler resampler = resamplers.get(random.nextInt(resamplers.size()));
    return pitched ? Optional.of(resampler) : Optional.empty();
  }
}
