package dev.morphene.rave.training.health;

/**
 * Counts the latents that follow the recordings: those whose posterior mean has a variance above
 * 0.01 over all frames (Burda, Grosse and Salakhutdinov, Importance Weighted Autoencoders, arXiv
 * 1509.00519). Frames are added in pieces.
 */
public final class ActiveLatents {
  private static final double LEAST_VARIANCE = 0.01;

  private double[] sums = new double[0];
  private double[] squares = new double[0];
  private long frames;

  /**
   * @param means frame after frame
   * @param latents in each frame
   */
  public void add(float[] means, int latents) {
    if (frames == 0) {
      sums = new double[latents];
      squares = new double[latents];
    }
    for (int i = 0; i < means.length; i++) {
      sums[i % latents] += means[i];
      squares[i % latents] += (double) means[i] * means[i];
    }
    frames += means.length / latents;
  }

  public int count() {
    int active = 0;
    for (int latent = 0; latent < sums.length; latent++) {
      double mean = sums[latent] / frames;
      if (squares[latent] / frames - mean * mean > LEAST_VARIANCE) {
        active++;
      }
    }
    return active;
  }
}
