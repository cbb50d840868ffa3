/** The distances and penalties a RAVE model is trained with, as TorchScript. */
package dev.morphene.rave.loss;
