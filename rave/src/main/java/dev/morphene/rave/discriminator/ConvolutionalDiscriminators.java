package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.model.DiscriminatorConfig;
import java.util.List;
import java.util.Random;

/**
 * Convolutions over the signal folded at several periods (HiFi-GAN, arXiv 2010.05646) and over the
 * signal at several rates (MelGAN, arXiv 1910.06711). Features are taken before the activation.
 */
final class ConvolutionalDiscriminators {
  private static final String PACKAGE = DiscriminatorModule.PACKAGE;

  /** Channels double with each of these, and the rate falls by {@link #STRIDE}. */
  private static final int STAGES = 4;

  private static final int STRIDE = 4;
  private static final int PERIOD_KERNEL = 5;
  private static final int SCALE_KERNEL = 15;

  private ConvolutionalDiscriminators() {}

  static ScriptModule multiPeriod(DiscriminatorConfig config, int channels, Random random) {
    List<Integer> periods = config.periods();
    ScriptModule.Builder layers = ScriptModule.builder(PACKAGE + "PeriodLayers");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    for (int i = 0; i < periods.size(); i++) {
      layers.child(
          Integer.toString(i),
          network("Period", config.capacity(), channels, List.of(PERIOD_KERNEL, 1), random));
      text.append(
          "  found.append(getattr(self.layers, \"%d\").forward(self.fold(x, %d)))%n"
              .formatted(i, periods.get(i)));
    }
    text.append(
        """
          return found
        def fold(self, x: Tensor, period: int) -> Tensor:
          missing = (period - x.size(-1) % period) % period
          padded = torch.constant_pad_nd(x, [0, missing])
          return torch.reshape(padded, [x.size(0), x.size(1), padded.size(-1) // period, period])
        """);
    return ScriptModule.builder(PACKAGE + "MultiPeriod")
        .child("layers", layers.build())
        .methods(text.toString())
        .build();
  }

  static ScriptModule multiScale(DiscriminatorConfig config, int channels, Random random) {
    ScriptModule.Builder layers = ScriptModule.builder(PACKAGE + "ScaleLayers");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    for (int i = 0; i < config.scales(); i++) {
      layers.child(
          Integer.toString(i),
          network("Scale", config.capacity(), channels, List.of(SCALE_KERNEL), random));
      if (i > 0) {
        text.append("  x = torch.avg_pool1d(x, [2])\n");
      }
      text.append("  found.append(getattr(self.layers, \"%d\").forward(x))%n".formatted(i));
    }
    text.append("  return found\n");
    return ScriptModule.builder(PACKAGE + "MultiScale")
        .child("layers", layers.build())
        .methods(text.toString())
        .build();
  }

  /** Four convolutions that double the channels and quarter the rate, then one to the score. */
  private static ScriptModule network(
      String kind, int capacity, int channels, List<Integer> kernel, Random random) {
    List<Integer> one = kernel.stream().map(size -> 1).toList();
    // Along the period nothing is strided: its axis is the second.
    List<Integer> stride = kernel.stream().map(size -> size == 1 ? 1 : STRIDE).toList();
    ScriptModule.Builder net = ScriptModule.builder(PACKAGE + kind + "Net");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[Tensor]:\n");
    text.append("  features = annotate(List[Tensor], [])\n");
    int input = channels;
    for (int stage = 0; stage < STAGES; stage++) {
      int output = capacity << stage;
      String name = Integer.toString(2 * stage);
      net.child(name, Convolution.centred(output, input, kernel, stride).normalised(random));
      text.append("  x = getattr(self.net, \"%s\").forward(x)%n".formatted(name));
      text.append("  features.append(x)\n");
      text.append("  x = torch.leaky_relu(x, 0.2)\n");
      input = output;
    }
    String last = Integer.toString(2 * STAGES);
    net.child(last, Convolution.centred(1, input, one, one).plain(random));
    text.append("  features.append(getattr(self.net, \"%s\").forward(x))%n".formatted(last));
    text.append("  return features\n");
    return ScriptModule.builder(PACKAGE + kind + "Layer")
        .child("net", net.build())
        .methods(text.toString())
        .build();
  }
}
