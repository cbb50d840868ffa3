package dev.morphene.rave.model;

import dev.morphene.rave.torch.TorchRuntime;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Seconds of audio that an audit encodes and decodes in one second: {@code rave/bench audit [CONFIG
 * [SECONDS [THREADS]]]}; v2, 60 and 2 unless given.
 */
final class AuditBench {
  private static final int ROUNDS = 5;

  private AuditBench() {}

  public static void main(String[] arguments) {
    String name = arguments.length > 0 ? arguments[0] : "v2";
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60;
    int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
    RaveConfig config = RaveConfig.preset(name, 48_000);
    float[] audio = new float[seconds * config.samplingRateHz()];
    Random random = new Random(1);
    for (int i = 0; i < audio.length; i++) {
      audio[i] = (float) (0.1 * random.nextGaussian());
    }
    try (TorchRuntime runtime = TorchRuntime.open("cpu", threads);
        CheckpointCodec codec = new CheckpointCodec(runtime, ModelWeights.initial(config, 1))) {
      float[][] latents = codec.encode(audio);
      codec.decode(latents);
      double encoding = best(() -> codec.encode(audio));
      double decoding = best(() -> codec.decode(latents));
      System.out.printf(
          Locale.ROOT,
          "%s, %d s of audio at 48 kHz, %d threads, best of %d: encode %.1f times real time, decode"
              + " %.1f, both %.1f%n",
          name,
          seconds,
          threads,
          ROUNDS,
          seconds / encoding,
          seconds / decoding,
          seconds / (encoding + decoding));
    }
  }

  private static double best(Supplier<Object> work) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      if (work.get() == null) {
        throw new IllegalStateException("The codec gave nothing.");
      }
      best = Math.min(best, (System.nanoTime() - begin) / 1e9);
    }
    return best;
  }
}
