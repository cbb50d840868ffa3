package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.model.DiscriminatorConfig;
import java.util.Random;

/**
 * The discriminators of a configuration as one module. Names, shapes and order of the parameters
 * are those of official checkpoints.
 */
public final class DiscriminatorModule {
  static final String PACKAGE = "__torch__.morphene.discriminator.";

  private DiscriminatorModule() {}

  /**
   * A module whose {@code forward(x: Tensor) -> List[List[Tensor]]} takes audio (batch, channels,
   * samples) and gives the feature maps of each discriminator; the last is its score.
   *
   * <ul>
   *   <li>convolutional: five features each, periods first, then scales. Without periods it is the
   *       multi-scale discriminator of v1;
   *   <li>Descript: six features each for the periods, then 26 each for the resolutions;
   *   <li>spectral: five each for the scales, then six each for the spectra.
   * </ul>
   *
   * @param channels of audio
   * @param random of the initial weights, uniform as is customary for convolutions
   */
  public static ScriptModule module(DiscriminatorConfig config, int channels, Random random) {
    return switch (config.kind()) {
      case CONVOLUTIONAL -> {
        if (config.periods().isEmpty()) {
          yield ConvolutionalDiscriminators.multiScale(config, channels, random);
        }
        ScriptModule periods = ConvolutionalDiscriminators.multiPeriod(config, channels, random);
        yield pair(periods, ConvolutionalDiscriminators.multiScale(config, channels, random));
      }
      case DESCRIPT -> DescriptDiscriminators.module(config, channels, random);
      case SPECTRAL -> {
        ScriptModule scales = ConvolutionalDiscriminators.multiScale(config, channels, random);
        yield pair(scales, SpectralDiscriminators.module(channels, random));
      }
    };
  }

  private static ScriptModule pair(ScriptModule first, ScriptModule second) {
    ScriptModule parts =
        ScriptModule.builder(PACKAGE + "Parts").child("0", first).child("1", second).build();
    return ScriptModule.builder(PACKAGE + "Discriminators")
        .child("discriminators", parts)
        .methods(
            """
            def forward(self, x: Tensor) -> List[List[Tensor]]:
              features = getattr(self.discriminators, "0").forward(x)
              for more in getattr(self.discriminators, "1").forward(x):
                features.append(more)
              return features
            """)
        .build();
  }
}
