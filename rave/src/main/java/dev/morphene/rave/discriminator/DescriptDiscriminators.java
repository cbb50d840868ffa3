package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.model.DiscriminatorConfig;
import java.util.List;
import java.util.Random;

/**
 * The discriminators of the Descript audio codec (Kumar et al., arXiv 2306.06546): the signal
 * folded at several periods, then its complex spectra at several resolutions, cut into bands. Every
 * channel is freed of its mean and brought to a peak of 0.8 before. Features are taken after the
 * activation.
 */
final class DescriptDiscriminators {
  private static final String PACKAGE = DiscriminatorModule.PACKAGE;

  /** Channels of the periods' convolutions, as multiples of the capacity. */
  private static final List<Integer> PERIOD_WIDTHS = List.of(1, 4, 16, 32, 32);

  private static final List<Integer> PERIOD_KERNEL = List.of(5, 1);
  private static final int PERIOD_STRIDE = 3;
  private static final int LONGEST_WINDOW = 2048;

  /** Where the bands end, as shares of the bins. */
  private static final List<Double> BAND_ENDS = List.of(0.1, 0.25, 0.5, 0.75, 1.0);

  private static final int BAND_CONVOLUTIONS = 5;

  private DescriptDiscriminators() {}

  static ScriptModule module(DiscriminatorConfig config, int channels, Random random) {
    ScriptModule.Builder judges = ScriptModule.builder(PACKAGE + "DescriptParts");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  x = torch.sub(x, torch.mean(x, [-1], True))\n");
    text.append("  peak = torch.add(torch.amax(torch.abs(x), [-1], True), 1e-9)\n");
    text.append("  x = torch.div(torch.mul(x, 0.8), peak)\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    int judge = 0;
    for (int period : config.periods()) {
      judges.child(Integer.toString(judge), period(config.capacity(), channels, random));
      text.append(
          "  found.append(getattr(self.discriminators, \"%d\").forward(x, %d))%n"
              .formatted(judge, period));
      judge++;
    }
    for (int scale = 0; scale < config.scales(); scale++) {
      int window = LONGEST_WINDOW >> scale;
      judges.child(
          Integer.toString(judge), resolution(config.capacity(), channels, window, random));
      text.append(
          "  found.append(getattr(self.discriminators, \"%d\").forward(x))%n".formatted(judge));
      judge++;
    }
    return ScriptModule.builder(PACKAGE + "Discriminators")
        .child("discriminators", judges.build())
        .methods(text.append("  return found\n").toString())
        .build();
  }

  private static ScriptModule period(int capacity, int channels, Random random) {
    ScriptModule.Builder convolutions =
        ScriptModule.builder(PACKAGE + "DescriptPeriodConvolutions");
    int input = channels;
    for (int i = 0; i < PERIOD_WIDTHS.size(); i++) {
      int output = PERIOD_WIDTHS.get(i) * capacity;
      int stride = i < PERIOD_WIDTHS.size() - 1 ? PERIOD_STRIDE : 1;
      convolutions.child(
          Integer.toString(i),
          sequence(Convolution.centred(output, input, PERIOD_KERNEL, List.of(stride, 1)), random));
      input = output;
    }
    return ScriptModule.builder(PACKAGE + "DescriptPeriod")
        .child("convs", convolutions.methods(chain(PERIOD_WIDTHS.size())).build())
        .child(
            "conv_post",
            Convolution.centred(1, input, List.of(3, 1), List.of(1, 1)).normalised(random))
        .methods(
            """
            def forward(self, x: Tensor, period: int) -> List[Tensor]:
              padded = torch.reflection_pad1d(x, [0, period - x.size(-1) % period])
              folded = torch.reshape(padded, [x.size(0), x.size(1), -1, period])
              features = annotate(List[Tensor], [])
              last = self.convs.forward(folded, features)
              features.append(self.conv_post.forward(last))
              return features
            """)
        .build();
  }

  private static ScriptModule resolution(int capacity, int channels, int window, Random random) {
    ScriptModule.Builder bands = ScriptModule.builder(PACKAGE + "DescriptBands");
    StringBuilder text =
        new StringBuilder("def forward(self, x: Tensor, features: List[Tensor]) -> Tensor:\n");
    text.append("  bins = float(x.size(3))\n  outputs = annotate(List[Tensor], [])\n");
    double start = 0;
    for (int band = 0; band < BAND_ENDS.size(); band++) {
      double end = BAND_ENDS.get(band);
      bands.child(Integer.toString(band), band(capacity, channels, random));
      text.append(
          "  part = torch.slice(x, 3, int(%s * bins), int(%s * bins), 1)%n".formatted(start, end));
      text.append(
          "  outputs.append(getattr(self, \"%d\").forward(part, features))%n".formatted(band));
      start = end;
    }
    bands.methods(text.append("  return torch.cat(outputs, 3)\n").toString());
    return ScriptModule.builder(PACKAGE + "DescriptResolution")
        .child("band_convs", bands.build())
        .child(
            "conv_post",
            Convolution.centred(1, capacity, List.of(3, 3), List.of(1, 1)).normalised(random))
        .child("stft", SpectrumModule.of(window))
        .methods(
            """
            def forward(self, x: Tensor) -> List[Tensor]:
              spectrum = torch.transpose(self.stft.forward(x), 2, 3)
              features = annotate(List[Tensor], [])
              last = self.band_convs.forward(spectrum, features)
              features.append(self.conv_post.forward(last))
              return features
            """)
        .build();
  }

  /** Over frames and bins, in that order of the axes. */
  private static ScriptModule band(int capacity, int channels, Random random) {
    ScriptModule.Builder band = ScriptModule.builder(PACKAGE + "DescriptBand");
    for (int i = 0; i < BAND_CONVOLUTIONS; i++) {
      boolean first = i == 0;
      boolean last = i == BAND_CONVOLUTIONS - 1;
      List<Integer> kernel = List.of(3, last ? 3 : 9);
      List<Integer> stride = List.of(1, first || last ? 1 : 2);
      band.child(
          Integer.toString(i),
          sequence(
              Convolution.centred(capacity, first ? 2 * channels : capacity, kernel, stride),
              random));
    }
    return band.methods(chain(BAND_CONVOLUTIONS)).build();
  }

  /** A convolution and its activation, which has no tensors. */
  private static ScriptModule sequence(Convolution convolution, Random random) {
    return ScriptModule.builder(PACKAGE + "DescriptConvolution")
        .child("0", convolution.normalised(random))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.leaky_relu(getattr(self, "0").forward(x), 0.1)
            """)
        .build();
  }

  private static String chain(int length) {
    StringBuilder text =
        new StringBuilder("def forward(self, x: Tensor, features: List[Tensor]) -> Tensor:\n");
    for (int i = 0; i < length; i++) {
      text.append("  x = getattr(self, \"%d\").forward(x)%n  features.append(x)%n".formatted(i));
    }
    return text.append("  return x\n").toString();
  }
}
