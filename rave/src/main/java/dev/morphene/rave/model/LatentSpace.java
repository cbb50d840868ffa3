package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;

/**
 * What lies between encoder and decoder.
 *
 * @param noiseChannels of unit normal noise appended to the latent before the decoder
 * @param quantizers residual stages of a discrete latent; 0 for all others
 * @param codes per stage; 0 for all others
 */
public record LatentSpace(Kind kind, int noiseChannels, int quantizers, int codes) {
  public static final LatentSpace VARIATIONAL = new LatentSpace(Kind.VARIATIONAL, 0, 0, 0);
  public static final LatentSpace SPHERICAL = new LatentSpace(Kind.SPHERICAL, 0, 0, 0);

  /** How the latent is kept in bounds. */
  public enum Kind {
    /** Mean and deviation, divergence from the unit normal (arXiv 1312.6114). */
    VARIATIONAL,
    /** Maximum mean discrepancy to the unit normal (arXiv 1711.01558). */
    WASSERSTEIN,
    /** On the unit sphere. */
    SPHERICAL,
    /** Residual vector quantisation (SoundStream, arXiv 2107.03312). */
    DISCRETE
  }

  public LatentSpace {
    boolean discrete = kind == Kind.DISCRETE;
    if (noiseChannels < 0
        || noiseChannels > 1024
        || quantizers != 0 != discrete
        || codes != 0 != discrete
        || quantizers < 0
        || quantizers > 64
        || codes < 0
        || codes > 65_536) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "A latent space has 0 to 1024 noise channels and, if discrete and only then, 1 to 64"
              + " quantizers of 1 to 65536 codes; got "
              + noiseChannels
              + ", "
              + quantizers
              + " and "
              + codes
              + ".");
    }
  }

  /** Outputs of the encoder for each latent dimension. */
  int encoderOutputs() {
    return kind == Kind.VARIATIONAL ? 2 : 1;
  }
}
