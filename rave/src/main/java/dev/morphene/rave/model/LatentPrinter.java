package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.process.Precision;

/**
 * Prints the encoder: its stack, and what makes a latent of its outputs. A kind of latent space
 * gives the methods {@code mean}, {@code deviation} and {@code sample}.
 *
 * <p>The training form has two more, which a step calls with outputs cut off from the gradients:
 * {@code prepare(raw)} before it samples and {@code learn(raw)} after, when its losses are known to
 * be numbers. Only a discrete latent does anything in them.
 */
final class LatentPrinter {
  static final String WARMED_UP = "encoder.warmed_up";

  private static final String LEARNS_NOTHING =
      """
      def prepare(self, raw: Tensor) -> NoneType:
        return None
      def learn(self, raw: Tensor) -> NoneType:
        return None
      """;

  private LatentPrinter() {}

  static ScriptModule print(
      RaveArchitecture architecture, ModelWeights weights, Form form, Precision precision) {
    LayerPrinter printer = new LayerPrinter(form, weights, precision);
    ScriptModule inner =
        ScriptModule.builder(LayerPrinter.PACKAGE + "EncoderV2")
            .child(
                "net", printer.stack(architecture.encoder(), "EncoderNet", "encoder.encoder.net"))
            .build();
    LatentSpace space = weights.config().latent();
    ScriptModule.Builder wrapper = ScriptModule.builder(LayerPrinter.PACKAGE + name(space.kind()));
    if (space.kind() != LatentSpace.Kind.SPHERICAL) {
      wrapper.buffer("warmed_up", weights.tensor(WARMED_UP));
    }
    wrapper
        .child("encoder", inner)
        .methods(
            """
            def forward(self, bands: Tensor) -> Tensor:
              return self.encoder.net.forward(bands)
            """)
        .methods(complete(space.noiseChannels()));
    switch (space.kind()) {
      case VARIATIONAL -> wrapper.methods(VariationalLatent.METHODS);
      case WASSERSTEIN -> wrapper.methods(WassersteinLatent.METHODS);
      case SPHERICAL -> wrapper.methods(SphericalLatent.METHODS);
      case DISCRETE -> DiscreteLatent.addTo(wrapper, weights, form);
    }
    if (form == Form.TRAINING && space.kind() != LatentSpace.Kind.DISCRETE) {
      wrapper.methods(LEARNS_NOTHING);
    }
    return wrapper.build();
  }

  private static String name(LatentSpace.Kind kind) {
    return switch (kind) {
      case VARIATIONAL -> "VariationalEncoder";
      case WASSERSTEIN -> "WassersteinEncoder";
      case SPHERICAL -> "SphericalEncoder";
      case DISCRETE -> "DiscreteEncoder";
    };
  }

  private static String complete(int noiseChannels) {
    if (noiseChannels == 0) {
      return "def complete(self, latent: Tensor) -> Tensor:\n  return latent\n";
    }
    return """
    def complete(self, latent: Tensor) -> Tensor:
      noise = torch.randn([torch.size(latent, 0), %d, torch.size(latent, 2)], dtype=6, device=latent.device)
      return torch.cat([latent, noise], 1)
    """
        .formatted(noiseChannels);
  }
}
