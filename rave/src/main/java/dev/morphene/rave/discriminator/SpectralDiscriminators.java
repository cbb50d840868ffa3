package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import java.util.List;
import java.util.Random;

/**
 * Convolutions over complex spectra at several resolutions (EnCodec, Défossez et al., arXiv
 * 2210.13438, section 3.4). Strides, dilations and slopes are that paper's. Features are taken
 * after the activation.
 */
final class SpectralDiscriminators {
  private static final String PACKAGE = DiscriminatorModule.PACKAGE;
  private static final List<Integer> WINDOWS = List.of(4096, 2048, 1024, 512, 256);
  private static final int CHANNELS = 32;

  /** Of the middle convolutions, along time. */
  private static final List<Integer> DILATIONS = List.of(1, 2, 4);

  private SpectralDiscriminators() {}

  static ScriptModule module(int channels, Random random) {
    ScriptModule.Builder spectra = ScriptModule.builder(PACKAGE + "Spectra");
    ScriptModule.Builder nets = ScriptModule.builder(PACKAGE + "SpectralNets");
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[List[Tensor]]:\n");
    text.append("  found = annotate(List[List[Tensor]], [])\n");
    for (int i = 0; i < WINDOWS.size(); i++) {
      String name = Integer.toString(i);
      spectra.child(name, SpectrumModule.of(WINDOWS.get(i)));
      nets.child(name, network(channels, random));
      text.append("  spectrum = getattr(self.specs, \"%s\").forward(x)%n".formatted(name));
      text.append("  found.append(getattr(self.nets, \"%s\").forward(spectrum))%n".formatted(name));
    }
    return ScriptModule.builder(PACKAGE + "MultiSpectrum")
        .child("specs", spectra.build())
        .child("nets", nets.build())
        .methods(text.append("  return found\n").toString())
        .build();
  }

  /** Over bins and frames, in that order of the axes. */
  private static ScriptModule network(int channels, Random random) {
    List<Integer> wide = List.of(9, 3);
    List<Integer> square = List.of(3, 3);
    List<Integer> one = List.of(1, 1);
    ScriptModule.Builder net = ScriptModule.builder(PACKAGE + "SpectralNet");
    net.child("0", sequence(Convolution.centred(CHANNELS, 2 * channels, wide, one), random));
    for (int i = 0; i < DILATIONS.size(); i++) {
      List<Integer> dilation = List.of(1, DILATIONS.get(i));
      net.child(
          Integer.toString(1 + i),
          sequence(Convolution.centred(CHANNELS, CHANNELS, wide, List.of(2, 1), dilation), random));
    }
    net.child("4", sequence(Convolution.centred(CHANNELS, CHANNELS, square, one), random));
    net.child("5", Convolution.centred(1, CHANNELS, square, one).normalised(random));
    StringBuilder text = new StringBuilder("def forward(self, x: Tensor) -> List[Tensor]:\n");
    text.append("  features = annotate(List[Tensor], [])\n");
    for (int i = 0; i < 6; i++) {
      text.append(
          "  x = getattr(self.net, \"%d\").forward(x)%n  features.append(x)%n".formatted(i));
    }
    return ScriptModule.builder(PACKAGE + "SpectralLayer")
        .child("net", net.build())
        .methods(text.append("  return features\n").toString())
        .build();
  }

  /** A convolution and its activation, which has no tensors. */
  private static ScriptModule sequence(Convolution convolution, Random random) {
    return ScriptModule.builder(PACKAGE + "SpectralConvolution")
        .child("0", convolution.normalised(random))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.leaky_relu(getattr(self, "0").forward(x), 0.2)
            """)
        .build();
  }
}
