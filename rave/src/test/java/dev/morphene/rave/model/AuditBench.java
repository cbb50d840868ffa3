package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Seconds of audio that an audit encodes and decodes in one second, and how much of what this
 * machine can compute that is: {@code rave/bench audit [CONFIG [SECONDS [THREADS]]]}; v2, 60 and 2
 * unless given.
 */
final class AuditBench {
  private static final int ROUNDS = 5;
  private static final int MATRIX = 2_048;

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
      double encode = seconds / best(() -> codec.encode(audio));
      double decode = seconds / best(() -> codec.decode(latents));
      double peak = matrixProducts(runtime);
      Arithmetic operations = Arithmetic.of(config);
      System.out.printf(
          Locale.ROOT,
          "%s, %d s of audio at 48 kHz, %d threads, best of %d; products of matrices: %.0f"
              + " GFLOP/s%n",
          name,
          seconds,
          threads,
          ROUNDS,
          peak / 1e9);
      print("encode", encode, operations.encode(), peak);
      print("decode", decode, operations.decode(), peak);
      System.out.printf(
          Locale.ROOT, "both   %6.1f times real time%n", 1 / (1 / encode + 1 / decode));
    }
  }

  private static void print(String what, double speed, double operations, double peak) {
    System.out.printf(
        Locale.ROOT,
        "%s %6.1f times real time; %.2f GFLOP a second of audio, %.2f of the matrices' speed%n",
        what,
        speed,
        operations / 1e9,
        speed * operations / peak);
  }

  /** Floating point operations a second of what libtorch does best. */
  private static double matrixProducts(TorchRuntime runtime) {
    ScriptModule module =
        ScriptModule.builder("__torch__.morphene.bench.Product")
            .methods(
                """
                def multiply(self, size: int, times: int) -> float:
                  a = torch.rand([size, size])
                  b = torch.rand([size, size])
                  for i in range(times):
                    b = torch.div(torch.matmul(a, b), float(size))
                  return float(torch.mean(b))
                """)
            .build();
    int times = 10;
    try (TorchModule product = runtime.load(module, false)) {
      double seconds =
          best(
              () ->
                  product.run(
                      "multiply",
                      false,
                      ScriptValue.of((long) MATRIX),
                      ScriptValue.of((long) times)));
      return 2.0 * MATRIX * MATRIX * MATRIX * times / seconds;
    }
  }

  private static double best(Supplier<Object> work) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      if (work.get() == null) {
        throw new IllegalStateException("The call gave nothing.");
      }
      best = Math.min(best, (System.nanoTime() - begin) / 1e9);
    }
    return best;
  }
}
