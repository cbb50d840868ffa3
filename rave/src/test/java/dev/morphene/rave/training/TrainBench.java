package dev.morphene.rave.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.ProcessMemory;
import dev.morphene.rave.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Seconds per training step of both phases, native and, where a Python with torch is named, the
 * same step written as ordinary PyTorch modules, alternating in one run: {@code rave/bench train
 * [--config v2] [--batch 8] [--signal 131072] [--steps 3] [--rounds 2] [--warm-up 1] [--threads 2]
 * [--python PATH]}. Every step is told on standard error when it is done, so that a run that was
 * cut short has told something.
 */
final class TrainBench {
  private static final List<String> KINDS = List.of("representation", "generator", "discriminator");
  private static final long FAR_IN_PHASE_TWO = 10_000_000;

  private final Map<String, String> options;
  private final RaveConfig config;
  private final int batch;
  private final int signal;
  private final int steps;
  private final int warmUp;
  private final int threads;
  private ReceptiveField field;

  private TrainBench(Map<String, String> options) {
    this.options = options;
    this.config = RaveConfig.preset(options.get("--config"), 44_100);
    this.batch = Integer.parseInt(options.get("--batch"));
    this.signal = Integer.parseInt(options.get("--signal"));
    this.steps = Integer.parseInt(options.get("--steps"));
    this.warmUp = Integer.parseInt(options.get("--warm-up"));
    this.threads = Integer.parseInt(options.get("--threads"));
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    options.put("--config", "v2");
    options.put("--batch", "8");
    options.put("--signal", "131072");
    options.put("--steps", "3");
    options.put("--rounds", "2");
    options.put("--warm-up", "1");
    options.put("--threads", "2");
    options.put("--python", "");
    for (int i = 0; i < arguments.length; i += 2) {
      if (!options.containsKey(arguments[i]) || i + 1 == arguments.length) {
        System.err.println("bench: give " + options.keySet() + ", each with a value.");
        System.exit(2);
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    new TrainBench(options).run();
  }

  private void run() throws Exception {
    Map<String, List<Double>> ours = new LinkedHashMap<>();
    Map<String, List<Double>> theirs = new LinkedHashMap<>();
    String python = options.get("--python");
    for (int round = 0; round < Integer.parseInt(options.get("--rounds")); round++) {
      measureOurs(ours);
      if (!python.isEmpty()) {
        measureTheirs(python, theirs);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s, batch %d, %d samples, %d threads, %d steps of each kind; peak %d MiB resident%n",
        config.name(),
        batch,
        signal,
        threads,
        ours.get(KINDS.get(0)).size(),
        ProcessMemory.peakResidentBytes().orElse(0) >> 20);
    for (String kind : KINDS) {
      print(kind, median(ours.get(kind)), theirs.containsKey(kind) ? median(theirs.get(kind)) : 0);
    }
    print("phase 2, mean", phaseTwo(ours), theirs.isEmpty() ? 0 : phaseTwo(theirs));
    if (python.isEmpty()) {
      System.out.println("Not compared: --python names an interpreter with torch.");
    }
  }

  private static void print(String what, double ours, double theirs) {
    System.out.printf(Locale.ROOT, "%-16s native %8.3f s", what, ours);
    System.out.printf(
        Locale.ROOT,
        theirs == 0 ? "%n" : "   PyTorch %8.3f s   ratio %.2f%n",
        theirs,
        ours / theirs);
  }

  private double phaseTwo(Map<String, List<Double>> seconds) {
    int every = config.training().updateDiscriminatorEvery();
    return (median(seconds.get("generator")) * (every - 1) + median(seconds.get("discriminator")))
        / every;
  }

  private void measureOurs(Map<String, List<Double>> seconds) {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", threads);
        Trainer trainer = new Trainer(runtime, config, 1, true)) {
      field = trainer.measureReceptiveField();
      float[] noise = new float[batch * signal];
      Random random = new Random(1);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) (0.1 * random.nextGaussian());
      }
      TensorData x = TensorData.ofFloats(noise, batch, 1, signal);
      for (String kind : KINDS) {
        long step = stepOf(trainer.schedule(), kind);
        for (int i = 0; i < warmUp + steps; i++) {
          long begin = System.nanoTime();
          trainer.step(step, x);
          double taken = (System.nanoTime() - begin) / 1e9;
          System.err.printf(Locale.ROOT, "native %s %.3f s%n", kind, taken);
          if (i >= warmUp) {
            seconds.computeIfAbsent(kind, none -> new ArrayList<>()).add(taken);
          }
        }
      }
    }
  }

  private static long stepOf(TrainingSchedule schedule, String kind) {
    long step = kind.equals("representation") ? 0 : FAR_IN_PHASE_TWO;
    while (!schedule.kind(step).name().equalsIgnoreCase(kind)) {
      step++;
    }
    return step;
  }

  private void measureTheirs(String python, Map<String, List<Double>> seconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                python,
                Path.of("rave", "src", "test", "python", "eager_step.py").toString(),
                "--capacity",
                Integer.toString(config.capacity()),
                "--judges",
                Integer.toString(config.discriminator().capacity()),
                "--latents",
                Integer.toString(config.latentSize()),
                "--ratios",
                config.ratios().stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--crop",
                field.left() / RaveConfig.BANDS
                    + ","
                    + (field.right() + RaveConfig.BANDS - 1) / RaveConfig.BANDS,
                "--batch",
                Integer.toString(batch),
                "--signal",
                Integer.toString(signal),
                "--steps",
                Integer.toString(steps),
                "--warm-up",
                Integer.toString(warmUp),
                "--threads",
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] output = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new IOException(python + " ended with " + process.exitValue() + ".");
    }
    JsonNode answer = new ObjectMapper().readTree(output);
    for (String kind : KINDS) {
      for (JsonNode value : answer.path("seconds").path(kind)) {
        seconds.computeIfAbsent(kind, none -> new ArrayList<>()).add(value.asDouble());
      }
    }
    System.out.println("torch " + answer.path("torch").asText());
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
