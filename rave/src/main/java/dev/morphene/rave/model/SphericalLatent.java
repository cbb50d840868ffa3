package dev.morphene.rave.model;

/**
 * Frames scaled to length 1. A frame shorter than 1e-10, which digital silence gives, has no
 * direction: it stays near zero, so that neither values nor gradients become infinite.
 */
final class SphericalLatent {
  static final String METHODS =
      """
      def mean(self, raw: Tensor) -> Tensor:
        squares = torch.sum(torch.mul(raw, raw), [1], True)
        return torch.mul(raw, torch.rsqrt(torch.clamp_min(squares, 1e-20)))
      def deviation(self, raw: Tensor) -> Tensor:
        return torch.zeros_like(raw)
      def sample(self, raw: Tensor) -> Tuple[Tensor, Tensor]:
        return (self.mean(raw), torch.zeros([], dtype=6, device=raw.device))
      """;

  private SphericalLatent() {}
}
