package dev.morphene.rave.export;

import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;

/**
 * What a host sees of a model's latents.
 *
 * @param size of what {@code encode} gives and {@code decode} takes
 * @param methods text of {@code shown(raw) -> Tensor}, from the encoder's outputs to (batch, size,
 *     frames), and {@code hidden(z) -> Tensor}, from there to what the decoder takes
 */
record LatentMapping(int size, String methods) {

  static LatentMapping of(ModelWeights weights, double fidelity) {
    RaveConfig config = weights.config();
    // A wrong fidelity is refused for all models alike.
    int principal =
        LatentSize.forFidelity(weights.tensor(ModelWeights.FIDELITY).floats(), fidelity);
    LatentSpace latent = config.latent();
    return switch (latent.kind()) {
      case VARIATIONAL -> new LatentMapping(principal, PRINCIPAL + completed(config));
      case WASSERSTEIN -> new LatentMapping(config.latentSize(), PLAIN + completed(config));
      case SPHERICAL -> new LatentMapping(config.latentSize() - 1, ANGLES + completed(config));
      // Codes of codebooks that never learned mean nothing; the latents do.
      case DISCRETE ->
          weights.quantizes()
              ? new LatentMapping(latent.quantizers(), codes(latent) + completed(config))
              : new LatentMapping(config.latentSize(), PLAIN + completed(config));
    };
  }

  /** Rotated to principal components, the first of which are shown. */
  private static final String PRINCIPAL =
      """
      def shown(self, raw: Tensor) -> Tensor:
        z = self.encoder.mean(raw)
        amount = self.latent_noise[0]
        if amount > 0.:
          drawn = torch.mul(self.encoder.deviation(raw), torch.randn_like(z))
          z = torch.add(z, torch.mul(drawn, amount))
        z = torch.sub(z, torch.unsqueeze(self.latent_mean, 1))
        axes = torch.unsqueeze(self.latent_pca, 2)
        z = torch.conv1d(z, axes, None, [1], [0], [1], 1)
        return torch.slice(z, 1, 0, self.latent_size)
      def hidden(self, z: Tensor) -> Tensor:
        rest = torch.new_zeros(z, [torch.size(z, 0), \
      self.full_latent_size - torch.size(z, 1), torch.size(z, 2)])
        amount = self.latent_noise[0]
        if amount > 0.:
          rest = torch.mul(torch.randn_like(rest), amount)
        z = torch.cat([z, rest], 1)
        axes = torch.unsqueeze(torch.transpose(self.latent_pca, 0, 1), 2)
        z = torch.conv1d(z, axes, None, [1], [0], [1], 1)
        return self.completed(torch.add(z, torch.unsqueeze(self.latent_mean, 1)))
      """;

  private static final String PLAIN =
      """
      def shown(self, raw: Tensor) -> Tensor:
        return self.encoder.mean(raw)
      def hidden(self, z: Tensor) -> Tensor:
        return self.completed(z)
      """;

  /**
   * Hyperspherical coordinates, each scaled to −1 … 1: all but the last from 0 … π, the last from
   * −π … π. A point on an axis has angles of 0 beyond it.
   */
  private static final String ANGLES =
      """
      def shown(self, raw: Tensor) -> Tensor:
        z = self.encoder.mean(raw)
        last = torch.size(z, 1) - 1
        angles = annotate(List[Tensor], [])
        for i in range(last - 1):
          rest = torch.slice(z, 1, i + 1)
          length = torch.sqrt(torch.sum(torch.mul(rest, rest), [1]))
          angle = torch.atan2(length, torch.select(z, 1, i))
          angles.append(torch.sub(torch.mul(angle, 2. / 3.141592653589793), 1.))
        angle = torch.atan2(torch.select(z, 1, last), torch.select(z, 1, last - 1))
        angles.append(torch.div(angle, 3.141592653589793))
        return torch.stack(angles, 1)
      def hidden(self, z: Tensor) -> Tensor:
        count = torch.size(z, 1)
        found = annotate(List[Tensor], [])
        radius = torch.ones_like(torch.select(z, 1, 0))
        for i in range(count - 1):
          angle = torch.mul(torch.add(torch.select(z, 1, i), 1.), 3.141592653589793 / 2.)
          found.append(torch.mul(radius, torch.cos(angle)))
          radius = torch.mul(radius, torch.sin(angle))
        angle = torch.mul(torch.select(z, 1, count - 1), 3.141592653589793)
        found.append(torch.mul(radius, torch.cos(angle)))
        found.append(torch.mul(radius, torch.sin(angle)))
        return self.completed(torch.stack(found, 1))
      """;

  /** Indices of codes as floats, one row per stage. */
  private static String codes(LatentSpace latent) {
    return """
    def shown(self, raw: Tensor) -> Tensor:
      return torch.to(self.encoder.codes(raw), 6)
    def hidden(self, z: Tensor) -> Tensor:
      codes = torch.to(torch.clamp(torch.round(z), 0, %d), 4)
      return self.completed(self.encoder.from_codes(codes))
    """
        .formatted(latent.codes() - 1);
  }

  /** The noise channels a model was trained with, as loud as the host wants them. */
  private static String completed(RaveConfig config) {
    if (config.latent().noiseChannels() == 0) {
      return """
      def completed(self, latent: Tensor) -> Tensor:
        return self.encoder.complete(latent)
      """;
    }
    return """
    def completed(self, latent: Tensor) -> Tensor:
      whole = self.encoder.complete(latent)
      noise = torch.slice(whole, 1, %d)
      return torch.cat([latent, torch.mul(noise, self.latent_noise[0])], 1)
    """
        .formatted(config.latentSize());
  }
}
