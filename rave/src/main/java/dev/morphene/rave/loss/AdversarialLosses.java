package dev.morphene.rave.loss;

/**
 * Text of the losses over discriminator features. Features are a list per discriminator; its last
 * element is the score.
 */
public final class AdversarialLosses {
  private static final String RELATIVE =
      "      difference = torch.div(difference, torch.mean(torch.abs(real[i][j])))\n";

  private AdversarialLosses() {}

  /**
   * Methods to be put into a module:
   *
   * <ul>
   *   <li>{@code hinge_discriminator(real, fake: List[List[Tensor]]) -> Tensor}: mean(relu(1 −
   *       real)) + mean(relu(1 + fake)), summed over discriminators;
   *   <li>{@code hinge_generator(fake: List[List[Tensor]]) -> Tensor}: −mean(fake), summed;
   *   <li>{@code feature_matching(real, fake: List[List[Tensor]]) -> Tensor}: mean |real − fake|,
   *       if asked relative to mean |real|; mean over the kept features, then over discriminators.
   * </ul>
   *
   * @param skippedFeatures leading features of each discriminator that are left out of the matching
   * @param relative compare features relative to their own size
   */
  public static String methods(int skippedFeatures, boolean relative) {
    return """
    def hinge_discriminator(self, real: List[List[Tensor]], fake: List[List[Tensor]]) -> Tensor:
      loss = torch.zeros([], dtype=6, device=real[0][0].device)
      for i in range(len(real)):
        on_real = torch.mean(torch.relu(torch.rsub(real[i][-1], 1)))
        on_fake = torch.mean(torch.relu(torch.add(fake[i][-1], 1)))
        loss = torch.add(loss, torch.add(on_real, on_fake))
      return loss
    def hinge_generator(self, fake: List[List[Tensor]]) -> Tensor:
      loss = torch.zeros([], dtype=6, device=fake[0][0].device)
      for i in range(len(fake)):
        loss = torch.sub(loss, torch.mean(fake[i][-1]))
      return loss
    def feature_matching(self, real: List[List[Tensor]], fake: List[List[Tensor]]) -> Tensor:
      loss = torch.zeros([], dtype=6, device=fake[0][0].device)
      for i in range(len(real)):
        kept = len(real[i]) - SKIPPED
        for j in range(SKIPPED, len(real[i])):
          difference = torch.mean(torch.abs(torch.sub(real[i][j], fake[i][j])))
    RELATIVE
          loss = torch.add(loss, torch.div(difference, float(kept * len(real))))
      return loss
    """
        .replace("RELATIVE\n", relative ? RELATIVE : "")
        .replace("SKIPPED", Integer.toString(skippedFeatures));
  }
}
