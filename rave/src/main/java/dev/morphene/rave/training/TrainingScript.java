package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.loss.AdversarialLosses;
import dev.morphene.rave.loss.SpectralDistance;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.RaveNetwork;
import dev.morphene.rave.model.TrainingConstants;
import dev.morphene.rave.process.Precision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One trainable module out of network, discriminators, losses and optimisers: every training step
 * is one call of one of its methods. Tensor paths outside names that begin with an underscore are
 * those of official checkpoints.
 */
final class TrainingScript {
  private final ScriptModule root;
  private final OptimizerModule generator;
  private final OptimizerModule discriminator;
  private final Optional<AverageModule> average;

  private TrainingScript(
      ScriptModule root,
      OptimizerModule generator,
      OptimizerModule discriminator,
      Optional<AverageModule> average) {
    this.root = root;
    this.generator = generator;
    this.discriminator = discriminator;
    this.average = average;
  }

  /**
   * A model before its first step; the same seed gives the same weights.
   *
   * @param averaged with a moving average of encoder and decoder beside it
   * @param precision of encoder and decoder
   */
  static TrainingScript of(RaveConfig config, long seed, boolean averaged, Precision precision) {
    long weightSeed = Seeds.of(seed, Seeds.Purpose.WEIGHTS);
    ModelWeights weights = ModelWeights.initial(config, weightSeed);
    RaveNetwork network = RaveNetwork.forTraining(weights, precision);
    ScriptModule.Builder builder = ScriptModule.builder("__torch__.morphene.training.Training");
    for (String buffer :
        List.of(
            ModelWeights.LATENT_PCA,
            ModelWeights.LATENT_MEAN,
            ModelWeights.FIDELITY,
            ModelWeights.RECEPTIVE_FIELD)) {
      builder.buffer(buffer, weights.tensor(buffer));
    }
    TrainingConstants constants = config.training();
    double epsilon = constants.logEpsilon();
    builder
        .attribute("multiband_weight", ScriptValue.of(constants.weights().multiband()))
        .attribute("fullband_weight", ScriptValue.of(constants.weights().fullband()))
        .child("pqmf", network.pqmf())
        .child("encoder", network.encoder())
        .child("decoder", network.decoder())
        .child(
            "discriminator",
            DiscriminatorModule.module(
                config.discriminator(), config.channels(), new Random(~weightSeed)))
        .child("audio_distance", SpectralDistance.module(epsilon))
        .child("multiband_audio_distance", SpectralDistance.module(epsilon));
    ScriptModule model = builder.build();
    List<String> parameters = model.parameterPaths();
    List<String> encoder = under("encoder.", parameters);
    List<String> decoder = under("decoder.", parameters);
    List<String> judges = under("discriminator.", parameters);
    OptimizerModule generatorAdam =
        new OptimizerModule(
            "_generator_adam", Stream.concat(encoder.stream(), decoder.stream()).toList());
    OptimizerModule discriminatorAdam = new OptimizerModule("_discriminator_adam", judges);
    Map<String, TensorData> state = model.stateDict();
    ScriptModule.Builder root =
        model.toBuilder()
            .child(generatorAdam.name(), generatorAdam.module(state))
            .child(discriminatorAdam.name(), discriminatorAdam.module(state))
            .methods(parameterList("encoder_parameters", encoder))
            .methods(parameterList("decoder_parameters", decoder))
            .methods(parameterList("discriminator_parameters", judges))
            .methods(
                AdversarialLosses.methods(
                    constants.skippedFeatures(), constants.weights().relativeMatching()))
            .methods(warmUp(state.keySet()))
            .methods(crop(config))
            .methods(STEPS)
            .methods(CONVOLVED)
            .methods(MEASURES);
    Optional<AverageModule> average =
        averaged
            ? Optional.of(
                new AverageModule(
                    generatorAdam.parameters(),
                    List.of(
                        ModelWeights.LATENT_PCA, ModelWeights.LATENT_MEAN, ModelWeights.FIDELITY)))
            : Optional.empty();
    average.ifPresent(
        module -> root.child(AverageModule.NAME, module.module(state)).methods(module.methods()));
    return new TrainingScript(root.build(), generatorAdam, discriminatorAdam, average);
  }

  ScriptModule root() {
    return root;
  }

  OptimizerModule generator() {
    return generator;
  }

  OptimizerModule discriminator() {
    return discriminator;
  }

  Optional<AverageModule> average() {
    return average;
  }

  private static List<String> under(String prefix, List<String> paths) {
    return paths.stream().filter(path -> path.startsWith(prefix)).toList();
  }

  private static String parameterList(String method, List<String> paths) {
    StringBuilder text = new StringBuilder("def " + method + "(self) -> List[Tensor]:\n");
    text.append("  found = annotate(List[Tensor], [])\n");
    paths.forEach(
        path -> text.append("  found.append(%s)%n".formatted(ScriptModule.pathExpression(path))));
    return text.append("  return found\n").toString();
  }

  /** Notes in the model that phase two has begun; v1's noise branch sounds from then on. */
  private static String warmUp(Set<String> paths) {
    StringBuilder text = new StringBuilder("def warm_up(self) -> NoneType:\n");
    for (String path : List.of("encoder.warmed_up", "decoder.warmed_up")) {
      if (paths.contains(path)) {
        text.append("  torch.fill_(%s, 1)%n".formatted(ScriptModule.pathExpression(path)));
      }
    }
    return text.append("  return None\n").toString();
  }

  /** Leaves out the bands' edges, which depend on padding, where the configuration says so. */
  private static String crop(RaveConfig config) {
    if (!config.training().validSignalCrop()) {
      return "def cropped(self, bands: Tensor) -> Tensor:\n  return bands\n";
    }
    return """
    def cropped(self, bands: Tensor) -> Tensor:
      left = int(self.receptive_field[0]) // BANDS
      right = (int(self.receptive_field[1]) + BANDS - 1) // BANDS
      return torch.slice(bands, 2, left, bands.size(2) - right, 1)
    """
        .replace("BANDS", Integer.toString(config.bands()));
  }

  /**
   * Steps return their losses and train nothing when the loss is no number. Only lists of plain
   * numbers leave a step, so no graph outlives it.
   */
  private static final String STEPS =
      """
      def representation_step(self, x: Tensor, rate: float, beta: float) -> List[float]:
        bands = self.pqmf.forward(x)
        raw = self.encoder.forward(bands)
        self.encoder.prepare(torch.detach(raw))
        latent, regularization = self.encoder.sample(raw)
        synthesised = self.decoded(latent)
        multiband, fullband = self.distances(x, bands, synthesised, self.pqmf.inverse(synthesised))
        loss = torch.add(self.weighted(multiband, fullband), torch.mul(regularization, beta))
        if bool(torch.isfinite(loss)):
          self.encoder.learn(torch.detach(raw))
          parameters = self.encoder_parameters() + self.decoder_parameters()
          self.update_generator(loss, 0, parameters, rate)
        return [float(loss), float(multiband), float(fullband), float(regularization)]
      def generator_step(self, x: Tensor, rate: float, matching_weight: float, adversarial_weight: float) -> List[float]:
        self.warm_up()
        bands = self.pqmf.forward(x)
        latent, regularization = self.frozen_sample(bands)
        synthesised = self.decoded(latent)
        audio = self.pqmf.inverse(synthesised)
        multiband, fullband = self.distances(x, bands, synthesised, audio)
        real, fake = self.judged(x, audio)
        matching = torch.mul(self.feature_matching(real, fake), matching_weight)
        adversarial = torch.mul(self.hinge_generator(fake), adversarial_weight)
        loss = torch.add(self.weighted(multiband, fullband), torch.add(matching, adversarial))
        if bool(torch.isfinite(loss)):
          self.update_generator(loss, len(self.encoder_parameters()), self.decoder_parameters(), rate)
        return [float(loss), float(multiband), float(fullband), float(regularization), float(matching), float(adversarial)]
      def discriminator_step(self, x: Tensor, rate: float) -> List[float]:
        self.warm_up()
        torch.set_grad_enabled(False)
        latent, regularization = self.encoder.sample(self.encoder.forward(self.pqmf.forward(x)))
        audio = self.pqmf.inverse(self.decoded(latent))
        torch.set_grad_enabled(True)
        real, fake = self.judged(x, audio)
        loss = self.hinge_discriminator(real, fake)
        if bool(torch.isfinite(loss)):
          parameters = self.discriminator_parameters()
          found = torch.grad([loss], parameters)
          torch.set_grad_enabled(False)
          self._discriminator_adam.update(0, parameters, self.present(found), rate)
          torch.set_grad_enabled(True)
        return [float(loss), self.mean_score(real), self.mean_score(fake)]
      def frozen_sample(self, bands: Tensor) -> Tuple[Tensor, Tensor]:
        torch.set_grad_enabled(False)
        latent, regularization = self.encoder.sample(self.encoder.forward(bands))
        torch.set_grad_enabled(True)
        return (torch.detach(latent), torch.detach(regularization))
      def decoded(self, latent: Tensor) -> Tensor:
        return self.decoder.forward(self.encoder.complete(latent))
      def weighted(self, multiband: Tensor, fullband: Tensor) -> Tensor:
        return torch.add(torch.mul(multiband, self.multiband_weight), torch.mul(fullband, self.fullband_weight))
      def distances(self, x: Tensor, bands: Tensor, synthesised: Tensor, audio: Tensor) -> Tuple[Tensor, Tensor]:
        multiband = self.multiband_audio_distance.forward(self.cropped(bands), self.cropped(synthesised))
        fullband = self.audio_distance.forward(x, audio)
        return (multiband, fullband)
      def judged(self, real: Tensor, fake: Tensor) -> Tuple[List[List[Tensor]], List[List[Tensor]]]:
        count = real.size(0)
        on_real = annotate(List[List[Tensor]], [])
        on_fake = annotate(List[List[Tensor]], [])
        for features in self.discriminator.forward(torch.cat([real, fake])):
          real_features = annotate(List[Tensor], [])
          fake_features = annotate(List[Tensor], [])
          for feature in features:
            real_features.append(torch.slice(feature, 0, 0, count, 1))
            fake_features.append(torch.slice(feature, 0, count, None, 1))
          on_real.append(real_features)
          on_fake.append(fake_features)
        return (on_real, on_fake)
      def update_generator(self, loss: Tensor, first: int, parameters: List[Tensor], rate: float) -> NoneType:
        found = torch.grad([loss], parameters)
        torch.set_grad_enabled(False)
        self._generator_adam.update(first, parameters, self.present(found), rate)
        torch.set_grad_enabled(True)
        return None
      def present(self, found: List[Optional[Tensor]]) -> List[Tensor]:
        gradients = annotate(List[Tensor], [])
        for gradient in found:
          gradients.append(torch._unwrap_optional(gradient))
        return gradients
      def mean_score(self, features: List[List[Tensor]]) -> float:
        total = 0.
        for i in range(len(features)):
          total = total + float(torch.mean(features[i][-1]))
        return total / float(len(features))
      """;

  /**
   * Everything that a step convolves, and the gradients through it, of an arbitrary smooth loss.
   */
  private static final String CONVOLVED =
      """
      def convolved(self, x: Tensor, judged: bool) -> List[Tensor]:
        raw = self.encoder.forward(self.pqmf.forward(x))
        audio = self.pqmf.inverse(self.decoded(self.encoder.mean(raw)))
        parameters = self.encoder_parameters() + self.decoder_parameters()
        outputs = [raw, audio]
        if judged:
          parameters = parameters + self.discriminator_parameters()
          for features in self.discriminator.forward(torch.cat([x, audio])):
            outputs = outputs + features
        sums = annotate(List[Tensor], [])
        for output in outputs:
          sums.append(torch.sum(torch.mul(output, torch.randn_like(torch.detach(output)))))
        found = annotate(List[Tensor], [torch.detach(raw), torch.detach(audio), torch.detach(torch.stack(sums))])
        for gradient in torch.grad([torch.sum(torch.stack(sums))], parameters, None, None, False, True):
          if gradient is not None:
            found.append(torch._unwrap_optional(gradient))
        return found
      """;

  private static final String MEASURES =
      """
      def validate(self, x: Tensor) -> Tuple[float, Tensor, List[float]]:
        raw = self.encoder.forward(self.pqmf.forward(x))
        latent, regularization = self.encoder.sample(raw)
        audio = self.pqmf.inverse(self.decoded(latent))
        means = torch.transpose(self.encoder.mean(raw), 1, 2)
        rows = torch.reshape(means, [-1, means.size(2)])
        levels = [self.power(x), self.power(audio), self.clipped(x), self.clipped(audio)]
        return (float(self.audio_distance.forward(x, audio)), torch.contiguous(rows), levels)
      def power(self, x: Tensor) -> float:
        return float(torch.mean(torch.mul(x, x)))
      def clipped(self, x: Tensor) -> float:
        return float(torch.mean(torch.to(torch.gt(torch.abs(x), 1.), 6)))
      def analyse_latents(self, rows: Tensor) -> Tensor:
        values = torch.to(rows, 7)
        mean = torch.mean(values, [0])
        centred = torch.sub(values, mean)
        covariance = torch.div(torch.matmul(torch.transpose(centred, 0, 1), centred), float(max(rows.size(0) - 1, 1)))
        variances, vectors = torch.linalg_eigh(covariance)
        explained = torch.clamp(torch.flip(variances, [0]), 0.)
        axes = torch.transpose(torch.flip(vectors, [1]), 0, 1)
        largest = torch.gather(axes, 1, torch.argmax(torch.abs(axes), 1, True))
        axes = torch.mul(axes, torch.where(torch.lt(largest, 0.), -torch.ones_like(largest), torch.ones_like(largest)))
        total = float(torch.sum(explained))
        cumulative = torch.ones_like(explained)
        if total > 0.:
          cumulative = torch.div(torch.cumsum(explained, 0), total)
        torch.copy_(self.latent_mean, mean)
        torch.copy_(self.latent_pca, axes)
        torch.copy_(self.fidelity, cumulative)
        return torch.clone(self.fidelity)
      def probe_receptive_field(self, channels: int, samples: int) -> List[int]:
        x = torch.randn([1, channels, samples], dtype=6, device=self.fidelity.device)
        x = torch.requires_grad_(x, True)
        latent = self.encoder.mean(self.encoder.forward(self.pqmf.forward(x)))
        y = self.pqmf.inverse(self.decoded(latent))
        found = torch.grad([torch.sum(torch.select(y, 2, samples // 2))], [x])
        strength = torch.sum(torch.abs(torch._unwrap_optional(found[0])), [0, 1])
        touched = torch.reshape(torch.nonzero(strength), [-1])
        return [int(touched[0]), int(touched[-1])]
      def set_receptive_field(self, left: int, right: int) -> int:
        torch.copy_(self.receptive_field, torch.tensor([left, right]))
        return left + right
      """;
}
