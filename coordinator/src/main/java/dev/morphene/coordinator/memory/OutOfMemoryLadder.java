package dev.morphene.coordinator.memory;

import dev.morphene.protocol.spec.TrainSpec;
import java.util.Optional;

/**
 * What is changed before a job that ran out of memory is tried again, in the guide's order: fewer
 * neighbours, then batch 4, then {@code v2_small} where the job allows it. Each step changes
 * something for good, so there are only a few.
 */
public final class OutOfMemoryLadder {
  private static final int SMALLER_BATCH = 4;
  private static final String SMALLER_CONFIG = "v2_small";

  private OutOfMemoryLadder() {}

  /** One step down. */
  public sealed interface Step {
    /** For people and for the delivered metadata. */
    String words();
  }

  /**
   * @param sideBySide how many jobs may share the GPU from now on, this one included
   */
  public record FewerNeighbours(int sideBySide) implements Step {
    @Override
    public String words() {
      return sideBySide == 1
          ? "It ran out of memory beside other jobs; it goes on alone on its GPU."
          : "It ran out of memory beside other jobs; it goes on with at most "
              + sideBySide
              + " jobs on its GPU.";
    }
  }

  /**
   * @param spec with the smaller batch
   */
  public record SmallerBatch(TrainSpec spec, int before) implements Step {
    @Override
    public String words() {
      return "It ran out of memory alone; it goes on with batch "
          + SMALLER_BATCH
          + " instead of "
          + before
          + ".";
    }
  }

  /**
   * @param spec with the smaller model, in a run folder of its own
   */
  public record SmallerConfig(TrainSpec spec, String before) implements Step {
    @Override
    public String words() {
      return "It ran out of memory with batch "
          + SMALLER_BATCH
          + "; it begins afresh with "
          + SMALLER_CONFIG
          + " instead of "
          + before
          + ".";
    }
  }

  /**
   * The next step down; empty at the bottom.
   *
   * @param spec of the attempt that ran out of memory
   * @param sideBySide how many jobs were allowed to share the GPU with it, itself included
   * @param together how many jobs shared the GPU when it failed, itself included
   */
  public static Optional<Step> next(TrainSpec spec, int sideBySide, int together) {
    int alone = Math.min(sideBySide, together);
    if (alone > 1) {
      return Optional.of(new FewerNeighbours(alone - 1));
    }
    int batch = spec.recipe().batch();
    if (batch > SMALLER_BATCH) {
      return Optional.of(new SmallerBatch(spec.withBatch(SMALLER_BATCH), batch));
    }
    boolean larger = spec.config().equals("v2") || spec.config().equals("v3");
    return larger && spec.allowSmallerConfig().orElse(false)
        ? Optional.of(new SmallerConfig(spec.withConfig(SMALLER_CONFIG), spec.config()))
        : Optional.empty();
  }
}
