package dev.morphene.rave.export;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Form;
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

  static ScriptModule of(ModelWeights weights, Form form, int latentSize) {
    RaveConfig config = weights.config();
    RaveNetwork network = RaveNetwork.of(weights, form);
    List<String> attributes = new ArrayList<>(List.of("latent_noise"));
    ScriptModule.Builder builder =
        ScriptModule.builder(CLASS_NAME)
            .buffer("latent_pca", weights.tensor(ModelWeights.LATENT_PCA))
            .buffer("latent_mean", weights.tensor(ModelWeights.LATENT_MEAN))
            .buffer("fidelity", weights.tensor(ModelWeights.FIDELITY));
    attribute(builder, "latent_noise", 0);
    if (config.noise().isPresent()) {
      attributes.add("noise_gain");
      attribute(builder, "noise_gain", 1);
    }
    int ratio = config.compressionRatio();
    List<String> channels = labels("Channel", config.channels());
    List<String> latents = labels("Latent dimension", latentSize);
    method(builder, "encode", channels, 1, latents, ratio);
    method(builder, "decode", latents, ratio, channels, 1);
    method(builder, "forward", channels, 1, channels, 1);
    return builder
        .attribute("_methods", ScriptValue.texts(List.of("encode", "decode", "forward")))
        .attribute("_attributes", ScriptValue.texts(attributes))
        .attribute("sr", ScriptValue.of(config.samplingRateHz()))
        .attribute("latent_size", ScriptValue.of(latentSize))
        .attribute("full_latent_size", ScriptValue.of(config.latentSize()))
        .attribute("n_channels", ScriptValue.of(config.channels()))
        .attribute("target_channels", ScriptValue.of(config.channels()))
        .attribute("stereo_mode", ScriptValue.of(false))
        .child("pqmf", network.pqmf())
        .child("encoder", network.encoder())
        .child("decoder", network.decoder())
        .methods(
            """
            def encode(self, x: Tensor) -> Tensor:
              assert torch.size(x, 0) <= %1$d, "an instrument plays at most %1$d streams at once"
              raw = self.encoder.forward(self.pqmf.forward(x))
              z = self.encoder.mean(raw)
              amount = self.latent_noise[0]
              if amount > 0.:
                drawn = torch.mul(self.encoder.deviation(raw), torch.randn_like(z))
                z = torch.add(z, torch.mul(drawn, amount))
              z = torch.sub(z, torch.unsqueeze(self.latent_mean, 1))
              axes = torch.unsqueeze(self.latent_pca, 2)
              z = torch.conv1d(z, axes, None, [1], [0], [1], 1)
              return torch.slice(z, 1, 0, self.latent_size)
            def decode(self, z: Tensor) -> Tensor:
              assert torch.size(z, 0) <= %1$d, "an instrument plays at most %1$d streams at once"
              rest = torch.new_zeros(z, [torch.size(z, 0), \
            self.full_latent_size - torch.size(z, 1), torch.size(z, 2)])
              amount = self.latent_noise[0]
              if amount > 0.:
                rest = torch.mul(torch.randn_like(rest), amount)
              z = torch.cat([z, rest], 1)
              axes = torch.unsqueeze(torch.transpose(self.latent_pca, 0, 1), 2)
              z = torch.conv1d(z, axes, None, [1], [0], [1], 1)
              z = torch.add(z, torch.unsqueeze(self.latent_mean, 1))
              return self.pqmf.inverse(self.decoder.%2$s)
            def forward(self, x: Tensor) -> Tensor:
              return self.decode(self.encode(x))
            def get_methods(self) -> List[str]:
              return self._methods
            def get_attributes(self) -> List[str]:
              return self._attributes
            """
                .formatted(
                    Form.MAXIMUM_STREAMS,
                    config.noise().isPresent()
                        ? "synthesise(z, self.noise_gain[0])"
                        : "forward(z)"))
        .build();
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
