package dev.morphene.rave.model;

/**
 * The encoder's outputs as they are, held to the unit normal by the maximum mean discrepancy
 * between a batch's frames and as many normal ones (Wasserstein auto-encoders, Tolstikhin et al.,
 * arXiv 1711.01558).
 *
 * <p>The kernel of two frames is exp(-m / D), where m is the mean squared difference over their D
 * channels; the discrepancy is K(x, x) + K(y, y) - 2 K(x, y), K the mean over all pairs.
 */
final class WassersteinLatent {
  /** The squared distances come from products: all pairs of frames at once would not fit. */
  static final String METHODS =
      """
      def mean(self, raw: Tensor) -> Tensor:
        return raw
      def deviation(self, raw: Tensor) -> Tensor:
        return torch.zeros_like(raw)
      def sample(self, raw: Tensor) -> Tuple[Tensor, Tensor]:
        frames = torch.reshape(torch.transpose(raw, 1, 2), [-1, torch.size(raw, 1)])
        return (raw, self.discrepancy(frames, torch.randn_like(frames)))
      def discrepancy(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.sub(torch.add(self.kernel(x, x), self.kernel(y, y)), self.kernel(x, y), alpha=2)
      def kernel(self, x: Tensor, y: Tensor) -> Tensor:
        width = float(torch.size(x, 1))
        lengths = torch.sum(torch.mul(x, x), [1], True)
        others = torch.t(torch.sum(torch.mul(y, y), [1], True))
        products = torch.matmul(x, torch.t(y))
        squares = torch.sub(torch.add(lengths, others), products, alpha=2)
        return torch.mean(torch.exp(torch.div(squares, -width * width)))
      """;

  private WassersteinLatent() {}
}
