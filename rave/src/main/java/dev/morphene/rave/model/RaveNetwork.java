package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;

/**
 * A model as three TorchScript modules, children of whatever trains, audits or exports it.
 *
 * <ul>
 *   <li>{@code pqmf.forward(audio) -> bands} and {@code pqmf.inverse(bands) -> audio}: (batch,
 *       channels, samples) and (batch, 16·channels, samples/16); samples a multiple of 32;
 *   <li>{@code encoder.forward(bands) -> raw}: (batch, 2·latents, frames); {@code
 *       encoder.mean(raw)} its first half, {@code encoder.deviation(raw)} the standard deviation,
 *       {@code encoder.sample(raw) -> (latent, regulariser)} a draw and the divergence from the
 *       unit normal;
 *   <li>{@code decoder.forward(latent) -> bands}, or {@code decoder.synthesise(latent,
 *       noise_gain)}.
 * </ul>
 *
 * <p>In the training form the parameters have the keys of the official state dict under {@code
 * encoder} and {@code decoder}. Buffers whose name begins with an underscore are not part of it.
 */
public record RaveNetwork(ScriptModule pqmf, ScriptModule encoder, ScriptModule decoder) {

  public static RaveNetwork of(ModelWeights weights, Form form) {
    RaveArchitecture architecture = RaveArchitecture.of(weights.config());
    return new RaveNetwork(
        pqmf(form, weights.config().channels()),
        encoder(architecture, weights, form),
        new DecoderPrinter(architecture, weights, form).print());
  }

  /** The filter bank alone. */
  public static ScriptModule pqmf(Form form, int channels) {
    boolean streaming = form == Form.STREAMING;
    int padding = streaming ? 0 : Pqmf.PADDING_BAND_SAMPLES;
    ScriptModule.Builder builder =
        ScriptModule.builder(LayerPrinter.PACKAGE + "Pqmf")
            .buffer("hk", Pqmf.bankTensor())
            .buffer("h", Pqmf.prototypeTensor())
            .buffer("_analysis", Pqmf.analysisKernel())
            .buffer("_synthesis", Pqmf.synthesisKernel())
            .buffer("_signs", Pqmf.signs());
    int past = 2 * Pqmf.PADDING_BAND_SAMPLES;
    if (streaming) {
      TensorData cache =
          TensorData.zeros((long) Form.MAXIMUM_STREAMS * channels, RaveConfig.BANDS, past);
      builder.buffer("_analysis_cache", cache).buffer("_synthesis_cache", cache);
    }
    return builder
        .methods(
            """
            def forward(self, audio: Tensor) -> Tensor:
              batch = torch.size(audio, 0)
              channels = torch.size(audio, 1)
              x = torch.reshape(audio, [batch * channels, -1, 16])
              x = torch.contiguous(torch.transpose(x, 1, 2))
            %1$s  x = self.flipped(torch.conv1d(x, self._analysis, None, [1], [%3$d], [1], 1))
              return torch.reshape(x, [batch, channels * 16, -1])
            def inverse(self, bands: Tensor) -> Tensor:
              batch = torch.size(bands, 0)
              channels = torch.floordiv(torch.size(bands, 1), 16)
              x = self.flipped(torch.reshape(bands, [batch * channels, 16, -1]))
            %2$s  x = torch.conv1d(x, self._synthesis, None, [1], [%3$d], [1], 1)
              return torch.reshape(torch.transpose(x, 1, 2), [batch, channels, -1])
            def flipped(self, x: Tensor) -> Tensor:
              pairs = torch.reshape(x, [torch.size(x, 0), 16, -1, 2])
              return torch.reshape(torch.mul(pairs, self._signs), [torch.size(x, 0), 16, -1])
            """
                .formatted(
                    streaming ? LayerPrinter.joinPast("_analysis_cache", past) : "",
                    streaming ? LayerPrinter.joinPast("_synthesis_cache", past) : "",
                    padding))
        .build();
  }

  private static ScriptModule encoder(
      RaveArchitecture architecture, ModelWeights weights, Form form) {
    LayerPrinter printer = new LayerPrinter(form, weights);
    ScriptModule inner =
        ScriptModule.builder(LayerPrinter.PACKAGE + "EncoderV2")
            .child(
                "net", printer.stack(architecture.encoder(), "EncoderNet", "encoder.encoder.net"))
            .build();
    return ScriptModule.builder(LayerPrinter.PACKAGE + "VariationalEncoder")
        .buffer("warmed_up", weights.tensor("encoder.warmed_up"))
        .child("encoder", inner)
        .methods(
            """
            def forward(self, bands: Tensor) -> Tensor:
              return self.encoder.net.forward(bands)
            def mean(self, raw: Tensor) -> Tensor:
              return torch.chunk(raw, 2, 1)[0]
            def deviation(self, raw: Tensor) -> Tensor:
              return torch.add(torch.softplus(torch.chunk(raw, 2, 1)[1]), 1e-4)
            def sample(self, raw: Tensor) -> Tuple[Tensor, Tensor]:
              mean = self.mean(raw)
              deviation = self.deviation(raw)
              latent = torch.add(mean, torch.mul(deviation, torch.randn_like(mean)))
              variance = torch.mul(deviation, deviation)
              divergence = mean * mean + variance - torch.log(variance) - 1
              return (latent, torch.mean(torch.sum(divergence, [1])))
            """)
        .build();
  }
}
