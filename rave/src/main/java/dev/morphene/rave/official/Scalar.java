package dev.morphene.rave.official;

/**
 * A figure of an event file.
 *
 * @param step training steps done when it was taken
 * @param tag its name
 */
record Scalar(long step, String tag, double value) {}
