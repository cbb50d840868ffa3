package dev.morphene.rave.model;

/** What a network is printed for. */
public enum Form {
  /** Weight norm as parameters, gradients, whole signals. */
  TRAINING,
  /** Weight norm folded into plain weights, whole signals. */
  OFFLINE,
  /** As {@link #OFFLINE}, with the past kept between calls and no look-ahead. */
  STREAMING;

  /** Rows of the caches; the most a host may use as one batch. */
  public static final int MAXIMUM_STREAMS = 64;
}
