package dev.morphene.rave.training;

/**
 * How loud recordings and their reconstructions are, means over all samples.
 *
 * @param inputPower mean square; full scale is 1
 * @param outputPower likewise
 * @param inputClipped share of samples beyond full scale
 * @param outputClipped likewise
 */
record Levels(double inputPower, double outputPower, double inputClipped, double outputClipped) {}
