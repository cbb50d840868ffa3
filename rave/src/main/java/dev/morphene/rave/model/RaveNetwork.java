package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Window;
import dev.morphene.rave.model.NetworkStyle.Padding;
import dev.morphene.rave.process.Precision;

/**
 * A model as three TorchScript modules, children of whatever trains, audits or exports it.
 *
 * <ul>
 *   <li>{@code pqmf.forward(audio) -> bands} and {@code pqmf.inverse(bands) -> audio}: (batch,
 *       channels, samples) and (batch, 16·channels, samples/16); samples a multiple of 32;
 *   <li>{@code encoder.forward(bands) -> raw}: (batch, latents or twice as many, frames); {@code
 *       encoder.mean(raw)} what is certain of the latent, {@code encoder.deviation(raw)} its
 *       standard deviation (zeros where there is none), {@code encoder.sample(raw) -> (latent,
 *       regulariser)} a draw and the penalty; all of them (batch, latents, frames);
 *   <li>{@code encoder.complete(latent) -> Tensor}: what the decoder takes, noise channels
 *       appended;
 *   <li>{@code decoder.forward(completed) -> bands}, or {@code decoder.synthesise(completed,
 *       noise_gain)}.
 * </ul>
 *
 * <p>In the training form the parameters have the keys of the official state dict under {@code
 * encoder} and {@code decoder}. Buffers whose name begins with an underscore are not part of it.
 *
 * <p>It is by {@code train()} and {@code eval()} that v1's batch normalisation goes by the batch,
 * and learns, or by what it learned, and that convolutions of less {@link Precision} are done in it
 * or not; no other layer of the training form cares. The two other forms go by what was learned. In
 * them alone adaptive normalisation listens, while its buffers {@code learn_x} or {@code learn_y}
 * are not zero, and acts.
 */
public record RaveNetwork(ScriptModule pqmf, ScriptModule encoder, ScriptModule decoder) {

  public static RaveNetwork of(ModelWeights weights, Form form) {
    return of(weights, form, Precision.FP32);
  }

  /** The training form, whose convolutions are done in that precision while it trains. */
  public static RaveNetwork forTraining(ModelWeights weights, Precision precision) {
    return of(weights, Form.TRAINING, precision);
  }

  private static RaveNetwork of(ModelWeights weights, Form form, Precision precision) {
    RaveArchitecture architecture = RaveArchitecture.of(weights.config());
    return new RaveNetwork(
        pqmf(form, weights.config().channels(), weights.config().style().padding()),
        LatentPrinter.print(architecture, weights, form, precision),
        new DecoderPrinter(architecture, weights, form, precision).print());
  }

  /** The filter bank alone. */
  public static ScriptModule pqmf(Form form, int channels, Padding padding) {
    boolean streaming = form == Form.STREAMING;
    Window window = Pqmf.window(padding);
    ScriptModule.Builder builder =
        ScriptModule.builder(LayerPrinter.PACKAGE + "Pqmf")
            .buffer("hk", Pqmf.bankTensor())
            .buffer("h", Pqmf.prototypeTensor())
            .buffer("_analysis", Pqmf.analysisKernel())
            .buffer("_synthesis", Pqmf.synthesisKernel())
            .buffer("_signs", Pqmf.signs());
    if (streaming) {
      TensorData cache =
          TensorData.zeros(
              (long) Form.MAXIMUM_STREAMS * channels, RaveConfig.BANDS, window.total());
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
            %1$s  x = self.flipped(torch.conv1d(x, self._analysis, None, [1], %3$s, [1], 1))
              return torch.reshape(x, [batch, channels * 16, -1])
            def inverse(self, bands: Tensor) -> Tensor:
              batch = torch.size(bands, 0)
              channels = torch.floordiv(torch.size(bands, 1), 16)
              x = self.flipped(torch.reshape(bands, [batch * channels, 16, -1]))
            %2$s  x = torch.conv1d(x, self._synthesis, None, [1], %3$s, [1], 1)
              return torch.reshape(torch.transpose(x, 1, 2), [batch, channels, -1])
            def flipped(self, x: Tensor) -> Tensor:
              pairs = torch.reshape(x, [torch.size(x, 0), 16, -1, 2])
              return torch.reshape(torch.mul(pairs, self._signs), [torch.size(x, 0), 16, -1])
            """
                .formatted(
                    LayerPrinter.surround(form, window, "_analysis_cache"),
                    LayerPrinter.surround(form, window, "_synthesis_cache"),
                    LayerPrinter.paddingArgument(form, window)))
        .build();
  }
}
