/** The networks that tell recordings from reconstructions in the adversarial phase. */
package dev.morphene.rave.discriminator;
