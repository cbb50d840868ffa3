package dev.morphene.rave.torch;

import dev.morphene.rave.archive.TensorData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets oneDNN serve a caller on a processor where it is avoided, because it is wrong for some
 * shapes only, and twice as fast for the others. Each kind of work is compared once, on noise, with
 * and without it; where all results agree, it is used for this kind from then on: the code that it
 * computes with is chosen by shapes, not by values. On other processors nothing is compared.
 */
public final class OneDnnComparison {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnnComparison.class);

  /**
   * Norm of the difference, of the norm of the values. Adding up in another order moves gradients
   * of a whole model by up to 0.002; one lost tap of 8 channels among 768 is 0.06.
   */
  private static final double TOLERANCE = 0.01;

  private static final long SEED = 1;

  private final TorchRuntime runtime;
  private final Map<String, Boolean> verdicts = new HashMap<>();

  /** The runtime stays the caller's. */
  public OneDnnComparison(TorchRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Does the work; no other call into libtorch may run meanwhile.
   *
   * @param kind names all shapes that the work depends on
   * @param sample convolves the same shapes, on {@link #noise}; is called twice with the same seed,
   *     and must keep nothing
   * @param work has its result; seeds what it draws itself
   */
  public <T> T run(String kind, Supplier<List<TensorData>> sample, Supplier<T> work) {
    if (!OneDnn.isAvoided() || !isRight(kind, sample)) {
      return work.get();
    }
    return OneDnn.using(runtime, work);
  }

  private boolean isRight(String kind, Supplier<List<TensorData>> sample) {
    Boolean known = verdicts.get(kind);
    if (known != null) {
      return known;
    }
    Supplier<List<TensorData>> seeded =
        () -> {
          runtime.seed(SEED);
          return sample.get();
        };
    boolean right = agree(seeded.get(), OneDnn.using(runtime, seeded));
    verdicts.put(kind, right);
    LOG.info("oneDNN computes {} {}.", kind, right ? "rightly: used for it" : "wrongly: not used");
    return right;
  }

  /** Whether all values are numbers that agree; nothing but zeros proves nothing. */
  static boolean agree(List<TensorData> expected, List<TensorData> found) {
    boolean silent = true;
    for (int i = 0; i < expected.size(); i++) {
      float[] left = expected.get(i).floats();
      float[] right = found.get(i).floats();
      double power = 0;
      double error = 0;
      for (int j = 0; j < left.length; j++) {
        double difference = (double) left[j] - right[j];
        power += (double) left[j] * left[j];
        error += difference * difference;
      }
      if (!(error <= TOLERANCE * TOLERANCE * power)) {
        return false;
      }
      silent &= power == 0;
    }
    return !silent;
  }

  /** Normally distributed values, always the same for a shape. */
  public static TensorData noise(long... shape) {
    Random random = new Random(SEED);
    float[] values = new float[(int) TensorData.elementCount(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorData.ofFloats(values, shape);
  }
}
