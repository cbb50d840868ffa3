package dev.morphene.rave.model;

import com.sun.management.OperatingSystemMXBean;
import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Seconds of audio that an audit encodes and decodes in one second, by the clock and by the
 * processors' time, and how much of what this machine can compute that is: the latter two hardly
 * depend on what else runs. {@code rave/bench audit [CONFIG [SECONDS [THREADS]]]}; v2, 60 and 2
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
      Taken encode = best(() -> codec.encode(audio));
      Taken decode = best(() -> codec.decode(latents));
      double peak = matrixProducts(runtime);
      Arithmetic operations = Arithmetic.of(config);
      System.out.printf(
          Locale.ROOT,
          "%s, %d s of audio at 48 kHz, %d threads, best of %d; products of matrices: %.0f"
              + " GFLOP a second of a processor%n",
          name,
          seconds,
          threads,
          ROUNDS,
          peak / 1e9);
      print("encode", seconds, encode, operations.encode(), peak);
      print("decode", seconds, decode, operations.decode(), peak);
    }
  }

  private static void print(String what, int seconds, Taken taken, double operations, double peak) {
    System.out.printf(
        Locale.ROOT,
        "%s %6.1f times real time; %.1f a processor; %.2f GFLOP a second of audio, %.2f of the"
            + " matrices' speed%n",
        what,
        seconds / taken.clock,
        seconds / taken.processor,
        operations / 1e9,
        seconds / taken.processor * operations / peak);
  }

  /** Floating point operations of what libtorch does best in a second of processor time. */
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
      Taken taken =
          best(
              () ->
                  product.run(
                      "multiply",
                      false,
                      ScriptValue.of((long) MATRIX),
                      ScriptValue.of((long) times)));
      return 2.0 * MATRIX * MATRIX * MATRIX * times / taken.processor;
    }
  }

  /**
   * @param clock seconds that went by
   * @param processor seconds of all threads on all processors
   */
  private record Taken(double clock, double processor) {}

  private static Taken best(Supplier<Object> work) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double clock = Double.MAX_VALUE;
    double processor = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long processorBegin = system.getProcessCpuTime();
      long begin = System.nanoTime();
      if (work.get() == null) {
        throw new IllegalStateException("The call gave nothing.");
      }
      clock = Math.min(clock, (System.nanoTime() - begin) / 1e9);
      processor = Math.min(processor, (system.getProcessCpuTime() - processorBegin) / 1e9);
    }
    return new Taken(clock, processor);
  }
}
