package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.model.DiscriminatorConfig;
import java.util.List;
import java.util.Random;

/**
 * Discriminators of the v2 family: convolutions over the signal folded at several periods
 * (HiFi-GAN, arXiv 2010.05646) and over the signal at several rates (MelGAN, arXiv 1910.06711).
 *
 * <p>Names and shapes of the parameters are those of official checkpoints.
 */
public final class DiscriminatorModule {
  private static final String PACKAGE = "__torch__.morphene.discriminator.";

  /** Channels double with each of these, and the rate falls by {@link #STRIDE}. */
  private static final int STAGES = 4;

  private static final int STRIDE = 4;
  private static final int PERIOD_KERNEL = 5;
  private static final int SCALE_KERNEL = 15;

  private DiscriminatorModule() {}

  /**
   * A module whose {@code forward(x: Tensor) -> List[List[Tensor]]} takes audio (batch, channels,
   * samples) and gives five feature maps per discriminator, periods first; the fifth is the score.
   *
   * @param channels of audio
   * @param random of the initial weights, uniform as is customary for convolutions
   */
  public static ScriptModule module(DiscriminatorConfig config, int channels, Random random) {
    return ScriptModule.builder(PACKAGE + "Discriminators")
        .child("discriminators", parts(config, channels, random))
        .methods(
            """
            def forward(self, x: Tensor) -> List[List[Tensor]]:
              features = getattr(self.discriminators, "0").forward(x)
              for scale in getattr(self.discriminators, "1").forward(x):
                features.append(scale)
              return features
            """)
        .build();
  }

  private static ScriptModule parts(DiscriminatorConfig config, int channels, Random random) {
    return ScriptModule.builder(PACKAGE + "Parts")
        .child("0", multiPeriod(config, channels, random))
        .child("1", multiScale(config, channels, random))
        .build();
  }

  private static ScriptModule multiPeriod(DiscriminatorConfig config, int channels, Random random) {
    List<Integer> periods = config.periods();
    ScriptModule.Builder layers = ScriptModule.builder(PACKAGE + "PeriodLayers");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    for (int i = 0; i < periods.size(); i++) {
      layers.child(
          Integer.toString(i),
          network("Period", config.capacity(), channels, PERIOD_KERNEL, true, random));
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

  private static ScriptModule multiScale(DiscriminatorConfig config, int channels, Random random) {
    ScriptModule.Builder layers = ScriptModule.builder(PACKAGE + "ScaleLayers");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    for (int i = 0; i < config.scales(); i++) {
      layers.child(
          Integer.toString(i),
          network("Scale", config.capacity(), channels, SCALE_KERNEL, false, random));
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
      String kind, int capacity, int channels, int kernel, boolean folded, Random random) {
    ScriptModule.Builder net = ScriptModule.builder(PACKAGE + kind + "Net");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[Tensor]:\n");
    text.append("  features = annotate(List[Tensor], [])\n");
    int input = channels;
    for (int stage = 0; stage < STAGES; stage++) {
      int output = capacity << stage;
      String name = Integer.toString(2 * stage);
      net.child(name, normalised(kind, output, input, kernel, folded, random));
      text.append("  x = getattr(self.net, \"%s\").forward(x)%n".formatted(name));
      text.append("  features.append(x)\n");
      text.append("  x = torch.leaky_relu(x, 0.2)\n");
      input = output;
    }
    String last = Integer.toString(2 * STAGES);
    net.child(last, score(kind, input, folded, random));
    text.append("  features.append(getattr(self.net, \"%s\").forward(x))%n".formatted(last));
    text.append("  return features\n");
    return ScriptModule.builder(PACKAGE + kind + "Layer")
        .child("net", net.build())
        .methods(text.toString())
        .build();
  }

  private static ScriptModule normalised(
      String kind, int output, int input, int kernel, boolean folded, Random random) {
    InitialWeights weights = InitialWeights.of(output, input, kernel, folded, random);
    ScriptModule.Builder builder =
        ScriptModule.builder(PACKAGE + kind + "Convolution")
            .parameter("bias", weights.bias())
            .parameter("weight_g", weights.norms())
            .parameter("weight_v", weights.weight())
            .attribute("stride", ScriptValue.of((long) STRIDE))
            .attribute("padding", ScriptValue.of((long) (kernel - 1) / 2));
    return builder
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              weight = torch._weight_norm(self.weight_v, self.weight_g, 0)
            """
                + (folded
                    ? "  return torch.conv2d(x, weight, self.bias, [self.stride, 1], [self.padding,"
                        + " 0])\n"
                    : "  return torch.conv1d(x, weight, self.bias, [self.stride],"
                        + " [self.padding])\n"))
        .build();
  }

  private static ScriptModule score(String kind, int input, boolean folded, Random random) {
    InitialWeights weights = InitialWeights.of(1, input, 1, folded, random);
    return ScriptModule.builder(PACKAGE + kind + "Score")
        .parameter("weight", weights.weight())
        .parameter("bias", weights.bias())
        .methods(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.conv"
                + (folded ? "2" : "1")
                + "d(x, self.weight, self.bias)\n")
        .build();
  }
}
