package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.process.Precision;
import java.util.List;
import java.util.stream.IntStream;

/** Prints the decoder: the stack, the heads that make sound of it and the noise branch. */
final class DecoderPrinter {
  /** The positive curve that amplitudes of v1 and of all noise are made with. */
  private static final String AMPLITUDE =
      "torch.add(torch.mul(torch.pow(torch.sigmoid(%s), 2.3), 2.), 1e-7)";

  /** The rest of the convolution of a frame with its filter. */
  private static final String ECHOES =
      """
        for i in %1$s:
          echo = torch.mul(torch.slice(taps, 3, i, i + 1), torch.slice(noise, 3, 0, %2$d - i))
          shaped = torch.add(shaped, torch.constant_pad_nd(echo, [i, 0], 0.))
      """;

  private final RaveArchitecture architecture;
  private final ModelWeights weights;
  private final Form form;
  private final LayerPrinter layers;
  private final StreamingAlignment alignment;

  DecoderPrinter(
      RaveArchitecture architecture, ModelWeights weights, Form form, Precision precision) {
    this.architecture = architecture;
    this.weights = weights;
    this.form = form;
    this.layers = new LayerPrinter(form, weights, precision);
    this.alignment = StreamingAlignment.of(architecture);
  }

  ScriptModule print() {
    return architecture.firstGeneration() ? firstGeneration() : secondGeneration();
  }

  /** tanh of the waveform times its loudness; noise once phase one is over. */
  private ScriptModule firstGeneration() {
    ScriptModule.Builder builder =
        ScriptModule.builder(LayerPrinter.PACKAGE + "GeneratorV1")
            .buffer("warmed_up", weights.tensor("decoder.warmed_up"))
            .child("net", net())
            .child("synth", synthesis());
    StringBuilder body = new StringBuilder("  features = self.net.forward(latent)\n");
    body.append("  x = torch.tanh(getattr(self.synth.branches, \"0\").forward(features))\n");
    body.append("  loudness = getattr(self.synth.branches, \"1\").forward(features)\n");
    delay(builder, body, "loudness", 1, alignment.loudnessOutput());
    body.append("  x = torch.mul(x, " + AMPLITUDE.formatted("loudness") + ")\n");
    delay(builder, body, "x", architecture.planes(), alignment.waveformOutput());
    if (!architecture.noise().isEmpty()) {
      addNoise(builder, body, "getattr(self.synth.branches, \"2\")");
      body.append("  noise = torch.mul(noise, self.warmed_up)\n");
      body.append("  x = torch.add(x, torch.mul(noise, noise_gain))\n");
    }
    return finished(builder, body.append("  return x\n"));
  }

  /** tanh of the amplitude-modulated waveform and the noise. */
  private ScriptModule secondGeneration() {
    ScriptModule.Builder builder = ScriptModule.builder(LayerPrinter.PACKAGE + "GeneratorV2");
    StringBuilder body = new StringBuilder("  features = self.net.forward(latent)\n");
    boolean noisy = !architecture.noise().isEmpty();
    String waveform = "features";
    if (noisy) {
      builder.child(
          "waveform_module",
          layers.convolution(architecture.waveform().orElseThrow(), architecture.waveformKey()));
      builder.child("noise_module", noise());
      waveform = "self.waveform_module.forward(features)";
    }
    builder.child("net", net());
    body.append("  parts = torch.chunk(" + waveform + ", 2, 1)\n");
    body.append("  x = torch.mul(parts[0], torch.sigmoid(parts[1]))\n");
    delay(builder, body, "x", architecture.planes(), alignment.waveformOutput());
    if (noisy) {
      addNoise(builder, body, "self.noise_module");
      body.append("  x = torch.add(x, torch.mul(noise, noise_gain))\n");
    }
    return finished(builder, body.append("  return torch.tanh(x)\n"));
  }

  private static ScriptModule finished(ScriptModule.Builder builder, StringBuilder body) {
    return builder
        .methods("def synthesise(self, latent: Tensor, noise_gain: float) -> Tensor:\n" + body)
        .methods(
            """
            def forward(self, latent: Tensor) -> Tensor:
              return self.synthesise(latent, 1.)
            """)
        .build();
  }

  private ScriptModule net() {
    return layers.stack(architecture.decoder(), "GeneratorNet", "decoder.net");
  }

  private ScriptModule synthesis() {
    ScriptModule.Builder branches =
        ScriptModule.builder(LayerPrinter.PACKAGE + "SynthesisBranches")
            .child(
                "0",
                layers.convolution(
                    architecture.waveform().orElseThrow(), architecture.waveformKey()))
            .child(
                "1",
                layers.convolution(
                    architecture.loudness().orElseThrow(), architecture.loudnessKey()));
    if (!architecture.noise().isEmpty()) {
      branches.child("2", noise());
    }
    return ScriptModule.builder(LayerPrinter.PACKAGE + "Synthesis")
        .child("branches", branches.build())
        .build();
  }

  private void addNoise(ScriptModule.Builder builder, StringBuilder body, String module) {
    delay(builder, body, "features", architecture.config().capacity(), alignment.noiseInput());
    body.append("  noise = " + module + ".forward(features)\n");
    delay(builder, body, "noise", architecture.planes(), alignment.noiseOutput());
  }

  /** In streaming, a value that comes late, with the module that keeps it. */
  private void delay(
      ScriptModule.Builder builder, StringBuilder body, String value, int channels, int samples) {
    if (form == Form.STREAMING && samples > 0) {
      builder.child(value + "_delay", LayerPrinter.delay(channels, samples));
      body.append("  %1$s = self.%1$s_delay.forward(%1$s)%n".formatted(value));
    }
  }

  private ScriptModule noise() {
    String key = architecture.noiseKey();
    NoiseBranch branch = architecture.config().noise().orElseThrow();
    List<Convolution> convolutions = architecture.noise();
    ScriptModule.Builder net = ScriptModule.builder(LayerPrinter.PACKAGE + "NoiseNet");
    StringBuilder forward = new StringBuilder("def forward(self, x: Tensor) -> Tensor:\n");
    for (int i = 0; i < convolutions.size(); i++) {
      String name = Integer.toString(2 * i);
      net.child(name, layers.convolution(convolutions.get(i), key + ".net." + name));
      forward.append(i == 0 ? "" : "  x = torch.leaky_relu(x, 0.2)\n");
      forward.append("  x = getattr(self, \"%s\").forward(x)%n".formatted(name));
    }
    net.methods(forward.append("  return x\n").toString());
    TensorData filters = filters(branch);
    return ScriptModule.builder(LayerPrinter.PACKAGE + "NoiseGenerator")
        .buffer("target_size", weights.tensor(key + ".target_size"))
        .buffer("_filters", filters)
        .child("net", net.build())
        .methods(
            """
            def forward(self, features: Tensor) -> Tensor:
              x = torch.permute(self.net.forward(features), [0, 2, 1])
              batch = torch.size(x, 0)
              frames = torch.size(x, 1)
              x = torch.reshape(x, [batch, frames, %1$d, %2$d])
              taps = torch.matmul(%5$s, self._filters)
              noise = torch.sub(torch.mul(torch.rand_like(taps), 2.), 1.)
              shaped = torch.mul(torch.slice(taps, 3, 0, 1), noise)
            %4$s  return torch.reshape(torch.permute(shaped, [0, 2, 1, 3]), [batch, %1$d, frames * %3$d])
            """
                .formatted(
                    architecture.planes(),
                    branch.filterBands(),
                    branch.frameBandSamples(),
                    laterTaps(filters).isEmpty()
                        ? ""
                        : ECHOES.formatted(laterTaps(filters), branch.frameBandSamples()),
                    AMPLITUDE.formatted("torch.sub(x, 5.)")))
        .build();
  }

  /**
   * Taps after the first that any amplitude can move; a short filter leaves most of a frame out.
   */
  private static List<Integer> laterTaps(TensorData filters) {
    int taps = (int) filters.shape()[1];
    return IntStream.range(1, taps)
        .filter(
            tap ->
                IntStream.range(0, (int) filters.shape()[0])
                    .anyMatch(band -> filters.floats()[band * taps + tap] != 0))
        .boxed()
        .toList();
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
