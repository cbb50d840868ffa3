package dev.morphene.rave.export;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Form;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.RaveNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The module that nn~ plays: {@code encode}, {@code decode} and {@code forward}, each described by
 * {@code X_params} and label lists, and attributes with getter, setter and type codes.
 */
final class InstrumentModule {
  private static final String CLASS_NAME = "__torch__.morphene.rave.Instrument";

  /** nn~'s code of a float attribute. */
  private static final long FLOAT_CODE = 2;

  private InstrumentModule() {}

  static ScriptModule of(ModelWeights weights, LatentMapping latents, InstrumentOptions options) {
    RaveConfig config = weights.config();
    Form form = options.streaming() ? Form.STREAMING : Form.OFFLINE;
    RaveNetwork network = RaveNetwork.of(weights, form);
    int factor = options.rateFactor(config);
    int outputs = options.outputChannels(config);
    int takes = (outputs + config.channels() - 1) / config.channels();
    ScriptModule.Builder builder =
        ScriptModule.builder(CLASS_NAME)
            .buffer("latent_pca", weights.tensor(ModelWeights.LATENT_PCA))
            .buffer("latent_mean", weights.tensor(ModelWeights.LATENT_MEAN))
            .buffer("fidelity", weights.tensor(ModelWeights.FIDELITY))
            .child("pqmf", network.pqmf())
            .child("encoder", network.encoder())
            .child("decoder", network.decoder());
    if (factor > 1) {
      builder.child(
          "resampler",
          RateConverter.module(form, factor, config.channels(), takes * config.channels()));
    }
    List<String> attributes = new ArrayList<>();
    if (noisyLatents(config)) {
      attributes.add("latent_noise");
      // Appended noise is what such a decoder was trained with; drawing is not.
      attribute(builder, "latent_noise", config.latent().noiseChannels() > 0 ? 1 : 0);
    }
    if (config.noise().isPresent()) {
      attributes.add("noise_gain");
      attribute(builder, "noise_gain", 1);
    }
    if (config.style().adain()) {
      attributes.addAll(StyleAttributes.add(builder));
    }
    int ratio = config.compressionRatio() * factor;
    List<String> inputLabels = labels("Channel", config.channels());
    List<String> outputLabels = labels("Channel", outputs);
    List<String> latentLabels = labels("Latent dimension", latents.size());
    method(builder, "encode", inputLabels, 1, latentLabels, ratio);
    method(builder, "decode", latentLabels, ratio, outputLabels, 1);
    method(builder, "forward", inputLabels, 1, outputLabels, 1);
    return builder
        .attribute("_methods", ScriptValue.texts(List.of("encode", "decode", "forward")))
        .attribute("_attributes", ScriptValue.texts(attributes))
        .attribute("sr", ScriptValue.of(config.samplingRateHz() * factor))
        .attribute("latent_size", ScriptValue.of(latents.size()))
        .attribute("full_latent_size", ScriptValue.of(config.latentSize()))
        .attribute("n_channels", ScriptValue.of(config.channels()))
        .attribute("target_channels", ScriptValue.of(outputs))
        .attribute("stereo_mode", ScriptValue.of(false))
        .methods(latents.methods())
        .methods(
            """
            def encode(self, x: Tensor) -> Tensor:
              assert torch.size(x, 0) <= %1$d, "an instrument plays at most %1$d streams at once"
            %3$s  return self.shown(self.encoder.forward(self.pqmf.forward(x)))
            def decode(self, z: Tensor) -> Tensor:
              assert torch.size(z, 0) <= %1$d, "an instrument plays at most %1$d streams at once"
            %4$s  x = self.pqmf.inverse(self.decoder.%2$s)
            %5$s%6$s  return x
            def forward(self, x: Tensor) -> Tensor:
              return self.decode(self.encode(x))
            def get_methods(self) -> List[str]:
              return self._methods
            def get_attributes(self) -> List[str]:
              return self._attributes
            """
                .formatted(
                    Form.MAXIMUM_STREAMS / takes,
                    config.noise().isPresent()
                        ? "synthesise(self.hidden(z), self.noise_gain[0])"
                        : "forward(self.hidden(z))",
                    factor > 1 ? "  x = self.resampler.down(x)\n" : "",
                    takes > 1 ? "  z = torch.repeat_interleave(z, %d, 0)%n".formatted(takes) : "",
                    outputs == config.channels() ? "" : spread(config.channels(), takes, outputs),
                    factor > 1 ? "  x = self.resampler.up(x)\n" : ""))
        .build();
  }

  /** Takes side by side in the batch become channels. */
  private static String spread(int channels, int takes, int outputs) {
    return "  x = torch.slice(torch.reshape(x, [-1, %d, torch.size(x, 2)]), 1, 0, %d)%n"
        .formatted(channels * takes, outputs);
  }

  private static boolean noisyLatents(RaveConfig config) {
    return config.latent().kind() == LatentSpace.Kind.VARIATIONAL
        || config.latent().noiseChannels() > 0;
  }

  private static List<String> labels(String kind, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "(signal) " + kind + " " + i).toList();
  }

  private static void method(
      ScriptModule.Builder builder,
      String name,
      List<String> inputs,
      int inputRatio,
      List<String> outputs,
      int outputRatio) {
    builder
        .buffer(
            name + "_params",
            TensorData.ofLongs(
                new long[] {inputs.size(), inputRatio, outputs.size(), outputRatio}, 4))
        .attribute(name + "_input_labels", ScriptValue.texts(inputs))
        .attribute(name + "_output_labels", ScriptValue.texts(outputs));
  }

  /** A float from 0 to 1 that the host can set; anything else is answered with −1. */
  private static void attribute(ScriptModule.Builder builder, String name, double initial) {
    builder
        .buffer(name + "_params", TensorData.ofLongs(new long[] {FLOAT_CODE}, 1))
        .attribute(name, ScriptValue.tuple(ScriptValue.of(initial)))
        .methods(
            """
            def get_%1$s(self) -> float:
              return self.%1$s[0]
            def set_%1$s(self, value: float) -> int:
              result = -1
              if value >= 0. and value <= 1.:
                self.%1$s = (value,)
                result = 0
              return result
            """
                .formatted(name));
  }
}
