/**
 * A seeded farm on a virtual clock that runs the production decision code for days of its time in
 * seconds of ours, and what it is measured against.
 */
package dev.morphene.trials.simulation;
