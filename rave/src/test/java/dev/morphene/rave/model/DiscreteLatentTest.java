package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.LossGradients;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DiscreteLatentTest {
  private static final int STAGES = 4;
  private static final int CODES = 8;
  private static final int LATENTS = 3;
  private static final RaveConfig CONFIG = config(STAGES, CODES, LATENTS);
  private static final String FIRST_BOOK = "encoder.rvq.layers.0._codebook.";

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static RaveConfig config(int stages, int codes, int latents) {
    return RaveConfig.preset("tiny", 44_100)
        .withLatent(latents, new LatentSpace(LatentSpace.Kind.DISCRETE, 5, stages, codes));
  }

  private static ScriptModule.Builder discrete(ModelWeights weights, Form form) {
    return Latents.encoder(weights, form)
        .methods(
            """
            def codes(self, raw: Tensor) -> Tensor:
              return self.encoder.codes(raw)
            def from_codes(self, codes: Tensor) -> Tensor:
              return self.encoder.from_codes(codes)
            """);
  }

  private static ScriptModule training(RaveConfig config) {
    return discrete(ModelWeights.initial(config, 1), Form.TRAINING)
        .methods(
            """
            def prepare(self, raw: Tensor) -> int:
              self.encoder.prepare(raw)
              return int(self.encoder.enabled)
            def learn(self, raw: Tensor) -> int:
              self.encoder.learn(raw)
              return 0
            """)
        .build();
  }

  private static ScriptValue tensor(TensorData data) {
    return ScriptValue.of(data);
  }

  private static TensorData run(TorchModule module, String method, TensorData argument) {
    return module.run(method, false, tensor(argument)).asTensor();
  }

  private static double meanSquare(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void theTensorsHaveTheOfficialNamesAndShapes() {
    Map<String, TensorData> tensors =
        ModelWeights.initial(RaveConfig.preset("discrete", 44_100), 1).tensors();
    List<String> books =
        tensors.keySet().stream().filter(key -> key.startsWith("encoder.rvq.")).toList();
    assertThat(books).hasSize(16 * 4);
    for (int i = 0; i < 16; i++) {
      String prefix = "encoder.rvq.layers." + i + "._codebook.";
      assertThat(books.subList(4 * i, 4 * i + 4))
          .containsExactly(
              prefix + "inited", prefix + "cluster_size", prefix + "embed", prefix + "embed_avg");
      assertThat(tensors.get(prefix + "inited").shape()).containsExactly(1);
      assertThat(tensors.get(prefix + "cluster_size").shape()).containsExactly(1024);
      assertThat(tensors.get(prefix + "embed").shape()).containsExactly(1024, 128);
      assertThat(tensors.get(prefix + "embed_avg").shape()).containsExactly(1024, 128);
    }
    assertThat(tensors.get("encoder.enabled")).isEqualTo(TensorData.scalar(0L));
    assertThat(tensors.get("encoder.warmed_up")).isEqualTo(TensorData.scalar(0L));
    Map<String, TensorData> module = training(CONFIG).stateDict();
    assertThat(module.keySet().stream().filter(key -> key.contains("rvq")))
        .hasSize(4 * STAGES)
        .contains("encoder.rvq.layers.3._codebook.embed_avg");
    assertThat(training(CONFIG).parameterPaths()).noneMatch(path -> path.contains("rvq"));
  }

  @Test
  void beforeTheFirstStepLatentsPassAsTheyAre() {
    TensorData raw = Latents.normal(2, 0, 2, LATENTS, 10);
    try (TorchModule module = runtime.load(training(CONFIG), true)) {
      assertThat(run(module, "sample", raw)).isEqualTo(raw);
      assertThat(run(module, "mean", raw)).isEqualTo(raw);
      assertThat(module.run("regulariser", false, tensor(raw)).asDouble()).isZero();
      assertThat(run(module, "complete", raw).shape()).containsExactly(2, LATENTS + 5, 10);
      assertThat(ModelWeights.of(CONFIG, state(module)).quantizes()).isFalse();
      float[] poisoned = raw.floats().clone();
      poisoned[7] = Float.NaN;
      Map<String, TensorData> before = module.tensors();
      TensorData bad = TensorData.ofFloats(poisoned, raw.shape());
      assertThat(module.run("prepare", false, tensor(bad)).asLong()).isZero();
      assertThat(module.tensors()).isEqualTo(before);
      assertThat(module.run("prepare", false, tensor(raw)).asLong()).isEqualTo(1);
      assertThat(ModelWeights.of(CONFIG, state(module)).quantizes()).isTrue();
      assertThat(run(module, "sample", raw)).isNotEqualTo(raw);
    }
  }

  /** A module's tensors as a state dict that has everything else too. */
  private static Map<String, TensorData> state(TorchModule module) {
    Map<String, TensorData> state = new LinkedHashMap<>(ModelWeights.initial(CONFIG, 1).tensors());
    state.putAll(module.tensors());
    return state;
  }

  @Test
  void codesAndLatentsAreTwoFormsOfOne() {
    TensorData raw = Latents.normal(2, 1, 2, LATENTS, 40);
    try (TorchModule module = runtime.load(training(CONFIG), true)) {
      module.run("prepare", false, tensor(raw));
      TensorData codes = run(module, "codes", raw);
      assertThat(codes.shape()).containsExactly(2, STAGES, 40);
      assertThat(Arrays.stream(codes.longs()).boxed()).allMatch(code -> code >= 0 && code < CODES);
      TensorData latent = run(module, "from_codes", codes);
      assertThat(latent.shape()).containsExactly(2, LATENTS, 40);
      assertThat(run(module, "mean", raw).floats()).containsExactly(latent.floats(), within(1e-5f));
      // What is delivered has the vectors alone and does the same.
      ModelWeights weights = ModelWeights.of(CONFIG, state(module));
      try (TorchModule offline = runtime.load(discrete(weights, Form.OFFLINE).build(), false)) {
        assertThat(run(offline, "codes", raw)).isEqualTo(codes);
        assertThat(run(offline, "from_codes", codes)).isEqualTo(latent);
        assertThat(run(offline, "mean", raw)).isEqualTo(run(module, "mean", raw));
      }
    }
  }

  @Test
  void theErrorFallsWithEveryStage() {
    TensorData raw = Latents.normal(2, 1, 4, LATENTS, 64);
    try (TorchModule module = runtime.load(training(CONFIG), true)) {
      runtime.seed(3);
      module.run("prepare", false, tensor(raw));
      TensorData codes = run(module, "codes", raw);
      float[] vectors = new float[0];
      double last = Double.POSITIVE_INFINITY;
      double commitment = 0;
      for (int stage = 0; stage < STAGES; stage++) {
        float[] added = stageVectors(module, codes, stage);
        if (stage == 0) {
          vectors = added;
        } else {
          for (int i = 0; i < vectors.length; i++) {
            vectors[i] += added[i];
          }
        }
        double error = meanSquare(vectors, raw.floats());
        assertThat(error).as("after stage %d", stage).isLessThan(0.8 * last);
        last = error;
        commitment += error / STAGES;
      }
      assertThat(module.run("regulariser", false, tensor(raw)).asDouble())
          .isCloseTo(commitment, within(1e-5));
    }
  }

  /** Of all frames (batch, latents, frames), looked up in the stage's own table. */
  private static float[] stageVectors(TorchModule module, TensorData codes, int stage) {
    float[] table =
        module.tensors().get("encoder.rvq.layers." + stage + "._codebook.embed").floats();
    int batch = (int) codes.shape()[0];
    int frames = (int) codes.shape()[2];
    float[] found = new float[batch * LATENTS * frames];
    for (int item = 0; item < batch; item++) {
      for (int frame = 0; frame < frames; frame++) {
        int code = (int) codes.longs()[(item * STAGES + stage) * frames + frame];
        for (int latent = 0; latent < LATENTS; latent++) {
          found[(item * LATENTS + latent) * frames + frame] = table[code * LATENTS + latent];
        }
      }
    }
    return found;
  }

  @Test
  void theFirstBatchIsClustered() {
    // Eight clouds around the corners of a cube, in unequal numbers.
    Random random = new Random(3);
    int frames = 400;
    float[] data = new float[LATENTS * frames];
    Map<Integer, Integer> members = new HashMap<>();
    for (int frame = 0; frame < frames; frame++) {
      int corner = Math.min(random.nextInt(CODES), random.nextInt(CODES));
      members.merge(corner, 1, Integer::sum);
      for (int latent = 0; latent < LATENTS; latent++) {
        double centre = (corner >> latent & 1) == 0 ? -5 : 5;
        data[latent * frames + frame] = (float) (centre + 0.1 * random.nextGaussian());
      }
    }
    TensorData raw = TensorData.ofFloats(data, 1, LATENTS, frames);
    try (TorchModule module = runtime.load(training(config(1, CODES, LATENTS)), true)) {
      runtime.seed(4);
      module.run("prepare", false, tensor(raw));
      Map<String, TensorData> tensors = module.tensors();
      float[] counts = tensors.get(FIRST_BOOK + "cluster_size").floats();
      float[] vectors = tensors.get(FIRST_BOOK + "embed").floats();
      float[] sums = tensors.get(FIRST_BOOK + "embed_avg").floats();
      double total = 0;
      for (int code = 0; code < CODES; code++) {
        total += counts[code];
        for (int latent = 0; latent < LATENTS; latent++) {
          int at = code * LATENTS + latent;
          assertThat(sums[at]).isCloseTo(vectors[at] * counts[code], within(1e-3f));
        }
      }
      assertThat(total).isEqualTo(frames);
      TensorData codes = run(module, "codes", raw);
      long[] used = new long[CODES];
      Arrays.stream(codes.longs()).forEach(code -> used[(int) code]++);
      for (int code = 0; code < CODES; code++) {
        assertThat(counts[code]).isEqualTo(used[code]);
        assertThat(distanceToMean(code, vectors, codes, data, frames)).isLessThan(1e-4);
      }
    }
  }

  /** Between a code's vector and the mean of its frames; 0 for a code without. */
  private static double distanceToMean(
      int code, float[] vectors, TensorData codes, float[] data, int frames) {
    double worst = 0;
    for (int latent = 0; latent < LATENTS; latent++) {
      double sum = 0;
      int count = 0;
      for (int frame = 0; frame < frames; frame++) {
        if (codes.longs()[frame] == code) {
          sum += data[latent * frames + frame];
          count++;
        }
      }
      if (count > 0) {
        worst = Math.max(worst, Math.abs(vectors[code * LATENTS + latent] - sum / count));
      }
    }
    return worst;
  }

  /** Two codes of one latent: everything can be written out. */
  @Test
  void averagesFollowTheirFormula() {
    RaveConfig config = config(1, 2, 1);
    try (TorchModule module = runtime.load(training(config), true)) {
      setBook(module, new float[] {4, 6}, new float[] {-1, 2}, new float[] {-4, 12});
      // -2 and 0 are nearest to -1; 1, 3, 5 and 5 to 2.
      float[] frames = {-2, 0, 1, 3, 5, 5};
      module.run("learn", false, tensor(TensorData.ofFloats(frames, 1, 1, 6)));
      Map<String, TensorData> tensors = module.tensors();
      double first = 0.99 * 4 + 0.01 * 2;
      double second = 0.99 * 6 + 0.01 * 4;
      double firstSum = 0.99 * -4 + 0.01 * -2;
      double secondSum = 0.99 * 12 + 0.01 * 14;
      double total = first + second;
      assertFloats(tensors, "cluster_size", first, second);
      assertFloats(tensors, "embed_avg", firstSum, secondSum);
      assertFloats(
          tensors,
          "embed",
          firstSum / ((first + 1e-5) / (total + 2e-5) * total),
          secondSum / ((second + 1e-5) / (total + 2e-5) * total));
    }
  }

  @Test
  void deadCodesAreReplacedByFramesAndOthersStay() {
    RaveConfig config = config(1, 4, 1);
    try (TorchModule module = runtime.load(training(config), true)) {
      // 40 frames on 4 codes: dead is what is used less than twice in a batch.
      setBook(
          module,
          new float[] {20, 1.9f, 20, 2.1f},
          new float[] {0, 100, 10, 200},
          new float[] {0, 190, 200, 420});
      float[] frames = new float[40];
      for (int i = 0; i < 40; i++) {
        frames[i] = i % 2 == 0 ? 1 + i / 100f : 9 + i / 100f;
      }
      TensorData raw = TensorData.ofFloats(frames, 1, 1, 40);
      module.run("learn", false, tensor(raw));
      Map<String, TensorData> tensors = module.tensors();
      float[] vectors = tensors.get(FIRST_BOOK + "embed").floats();
      float[] counts = tensors.get(FIRST_BOOK + "cluster_size").floats();
      float[] sums = tensors.get(FIRST_BOOK + "embed_avg").floats();
      assertThat(frames).contains(vectors[1]);
      assertThat(counts[1]).isEqualTo(4f);
      assertThat(sums[1]).isEqualTo(4 * vectors[1]);
      // 2.1 falls to 2.079, which is enough.
      assertThat(vectors[3]).isCloseTo(200f, within(0.1f));
      // 20 frames whose sum is 23.8, weighed with a hundredth.
      assertThat(vectors[0]).isCloseTo(0.238f / 20, within(1e-4f));
      // Unless it is used, the new one dies in its turn, but not at once.
      module.run("learn", false, tensor(raw));
      assertThat(module.tensors().get(FIRST_BOOK + "cluster_size").floats()[1]).isBetween(3.9f, 5f);
    }
  }

  @Test
  void aBatchWithFewFramesDoesNotKillEveryCode() {
    RaveConfig config = config(1, 4, 1);
    try (TorchModule module = runtime.load(training(config), true)) {
      // One frame for each code, as in an official batch: none could ever be used twice in it.
      float[] steady = {-3, -1, 1, 3};
      setBook(module, new float[] {1, 1, 1, 1}, steady, steady);
      TensorData raw = TensorData.ofFloats(steady, 1, 1, 4);
      for (int i = 0; i < 200; i++) {
        module.run("learn", false, tensor(raw));
      }
      assertThat(module.tensors().get(FIRST_BOOK + "embed").floats())
          .containsExactly(steady, within(1e-3f));
    }
  }

  private static void setBook(TorchModule module, float[] counts, float[] vectors, float[] sums) {
    int codes = counts.length;
    module.setTensors(
        Map.of(
            "encoder.enabled",
            TensorData.scalar(1L),
            FIRST_BOOK + "inited",
            TensorData.ofFloats(new float[] {1}, 1),
            FIRST_BOOK + "cluster_size",
            TensorData.ofFloats(counts, codes),
            FIRST_BOOK + "embed",
            TensorData.ofFloats(vectors, codes, vectors.length / codes),
            FIRST_BOOK + "embed_avg",
            TensorData.ofFloats(sums, codes, sums.length / codes)));
  }

  private static void assertFloats(
      Map<String, TensorData> tensors, String name, double... expected) {
    float[] found = tensors.get(FIRST_BOOK + name).floats();
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).as("%s %d", name, i).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void gradientsPassStraightThrough() {
    ScriptModule root =
        discrete(ModelWeights.initial(CONFIG, 1), Form.TRAINING)
            .methods(
                """
                def passed(self, raw: Tensor, weights: Tensor) -> Tensor:
                  self.encoder.prepare(raw)
                  raw = torch.requires_grad_(torch.detach(raw), True)
                  latent, commitment = self.encoder.sample(raw)
                  return torch._unwrap_optional(torch.grad([torch.sum(latent * weights)], [raw])[0])
                """)
            .build();
    TensorData weights = Latents.normal(9, 0, 2, LATENTS, 10);
    try (TorchModule module = runtime.load(root, true)) {
      TensorData found =
          module
              .run("passed", true, tensor(Latents.normal(2, 0, 2, LATENTS, 10)), tensor(weights))
              .asTensor();
      assertThat(found).isEqualTo(weights);
    }
  }

  @Test
  void theCommitmentPullsTheEncoderToItsCodes() {
    LossGradients.check(
        runtime,
        discrete(ModelWeights.initial(CONFIG, 1), Form.TRAINING)
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  if not bool(self.encoder.enabled):
                    torch.manual_seed(3)
                    self.encoder.prepare(torch.detach(x))
                  return self.encoder.sample(x)[1]
                """),
        Latents.normal(4, 0, 2, LATENTS, 12));
  }
}
