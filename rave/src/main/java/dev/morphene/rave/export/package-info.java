/** Instruments for nn~: a trained model written as one TorchScript file. */
package dev.morphene.rave.export;
