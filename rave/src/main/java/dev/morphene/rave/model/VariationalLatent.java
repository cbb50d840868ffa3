package dev.morphene.rave.model;

/**
 * A normal distribution for every value of the latent (Kingma and Welling, arXiv 1312.6114). The
 * encoder gives means and scales; the regulariser is twice the divergence from the unit normal,
 * summed over channels, as the published models were trained.
 */
final class VariationalLatent {
  static final String METHODS =
      """
      def mean(self, raw: Tensor) -> Tensor:
        return torch.chunk(raw, 2, 1)[0]
      def deviation(self, raw: Tensor) -> Tensor:
        return torch.add(torch.softplus(torch.chunk(raw, 2, 1)[1]), 1e-4)
      def sample(self, raw: Tensor) -> Tuple[Tensor, Tensor]:
        mean = self.mean(raw)
        deviation = self.deviation(raw)
        latent = torch.add(mean, torch.mul(deviation, torch.randn_like(mean)))
        variance = torch.mul(deviation, deviation)
        divergence = mean * mean + variance - torch.log(variance) - 1
        return (latent, torch.mean(torch.sum(divergence, [1])))
      """;

  private VariationalLatent() {}
}
