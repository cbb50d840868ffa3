package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Convolution;
import java.util.List;

/** Prints the decoder: the stack, the waveform's head and the noise branch. */
final class DecoderPrinter {
  private final RaveArchitecture architecture;
  private final ModelWeights weights;
  private final Form form;
  private final LayerPrinter layers;

  DecoderPrinter(RaveArchitecture architecture, ModelWeights weights, Form form) {
    this.architecture = architecture;
    this.weights = weights;
    this.form = form;
    this.layers = new LayerPrinter(form, weights);
  }

  ScriptModule print() {
    ScriptModule.Builder builder = ScriptModule.builder(LayerPrinter.PACKAGE + "GeneratorV2");
    StreamingAlignment alignment = StreamingAlignment.of(architecture);
    StringBuilder body = new StringBuilder("  x = self.net.forward(latent)\n");
    architecture.waveform().ifPresent(head -> builder.child("waveform_module", waveform(head)));
    boolean noisy = !architecture.noise().isEmpty();
    if (noisy) {
      builder.child("noise_module", noise());
      body.append("  features = ");
      body.append(delayed(builder, "features_delay", alignment.noiseInput(), "x"));
      body.append("  noise = self.noise_module.forward(features)\n");
      body.append("  noise = ");
      body.append(delayed(builder, "noise_delay", alignment.noiseOutput(), "noise"));
      body.append("  x = self.waveform_module.forward(x)\n");
    }
    builder.child("net", layers.stack(architecture.decoder(), "GeneratorNet", "decoder.net"));
    body.append("  parts = torch.chunk(x, 2, 1)\n");
    body.append("  x = torch.mul(parts[0], torch.sigmoid(parts[1]))\n");
    body.append("  x = ");
    body.append(delayed(builder, "waveform_delay", alignment.waveformOutput(), "x"));
    if (noisy) {
      body.append("  x = torch.add(x, torch.mul(noise, noise_gain))\n");
    }
    return builder
        .methods("def synthesise(self, latent: Tensor, noise_gain: float) -> Tensor:\n" + body)
        .methods(
            """
              return torch.tanh(x)
            def forward(self, latent: Tensor) -> Tensor:
              return self.synthesise(latent, 1.)
            """)
        .build();
  }

  /** The expression of a value given late, with the module that keeps it. */
  private String delayed(ScriptModule.Builder builder, String name, int samples, String value) {
    if (form != Form.STREAMING || samples == 0) {
      return value + "\n";
    }
    int channels =
        name.equals("features_delay") ? architecture.config().capacity() : architecture.planes();
    builder.child(name, LayerPrinter.delay(channels, samples));
    return "self." + name + ".forward(" + value + ")\n";
  }

  private ScriptModule waveform(Convolution head) {
    return layers.convolution(head, "decoder.waveform_module");
  }

  private ScriptModule noise() {
    NoiseBranch branch = architecture.config().noise().orElseThrow();
    List<Convolution> convolutions = architecture.noise();
    ScriptModule.Builder net = ScriptModule.builder(LayerPrinter.PACKAGE + "NoiseNet");
    StringBuilder forward = new StringBuilder("def forward(self, x: Tensor) -> Tensor:\n");
    for (int i = 0; i < convolutions.size(); i++) {
      String name = Integer.toString(2 * i);
      net.child(name, layers.convolution(convolutions.get(i), "decoder.noise_module.net." + name));
      forward.append(i == 0 ? "" : "  x = torch.leaky_relu(x, 0.2)\n");
      forward.append("  x = getattr(self, \"%s\").forward(x)%n".formatted(name));
    }
    net.methods(forward.append("  return x\n").toString());
    return ScriptModule.builder(LayerPrinter.PACKAGE + "NoiseGenerator")
        .buffer("target_size", weights.tensor("decoder.noise_module.target_size"))
        .buffer("_filters", filters(branch))
        .child("net", net.build())
        .methods(
            """
            def forward(self, features: Tensor) -> Tensor:
              x = torch.permute(self.net.forward(features), [0, 2, 1])
              batch = torch.size(x, 0)
              frames = torch.size(x, 1)
              x = torch.reshape(x, [batch, frames, %1$d, %2$d])
              x = torch.add(torch.mul(torch.pow(torch.sigmoid(x - 5.), 2.3), 2.), 1e-7)
              taps = torch.matmul(x, self._filters)
              noise = torch.sub(torch.mul(torch.rand_like(taps), 2.), 1.)
              shaped = torch.mul(torch.slice(taps, 3, 0, 1), noise)
              for i in range(1, %3$d):
                echo = torch.mul(torch.slice(taps, 3, i, i + 1), torch.slice(noise, 3, 0, %3$d - i))
                shaped = torch.add(shaped, torch.constant_pad_nd(echo, [i, 0], 0.))
              return torch.reshape(torch.permute(shaped, [0, 2, 1, 3]), [batch, %1$d, frames * %3$d])
            """
                .formatted(architecture.planes(), branch.filterBands(), branch.frameBandSamples()))
        .build();
  }

  /**
   * From amplitudes to the taps of their filter, as one matrix (amplitude, tap): inverse Fourier
   * transform without phase, rotated to the middle, windowed, cut or filled to the frame, rotated
   * back. Cutting leaves almost nothing of a long filter; the official models were trained so.
   */
  static TensorData filters(NoiseBranch branch) {
    int bands = branch.filterBands();
    int size = 2 * (bands - 1);
    int half = size / 2;
    int frame = branch.frameBandSamples();
    float[] data = new float[bands * frame];
    for (int band = 0; band < bands; band++) {
      double weight = band == 0 || band == bands - 1 ? 1 : 2;
      for (int tap = 0; tap < frame; tap++) {
        int n = (tap + half) % frame;
        if (n < size) {
          double response = weight / size * Math.cos(2 * Math.PI * band * (n - half) / size);
          double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * n / size);
          data[band * frame + tap] = (float) (response * window);
        }
      }
    }
    return TensorData.ofFloats(data, bands, frame);
  }
}
