package dev.morphene.gpu.nvml;

/** What a return code of the driver means for us. */
public enum NvmlPolicy {
  /** The value is there. */
  OK,
  /** Our bug, or a handle that died: enumerate once more, then fail loudly. */
  OUR_BUG,
  /** The value is not to be had on this device; carry on without it. */
  ABSENT,
  /** As {@link #ABSENT}, and whoever runs the container can change it. */
  DENIED,
  /** The buffer was too small: again with a larger one. */
  GROW,
  /** There is no GPU to work with. */
  NO_GPU,
  /** Ask an older symbol. */
  OLDER_SYMBOL,
  /** The device failed; nothing may run there. */
  FENCE,
  /** The driver was replaced under this process: stop taking work and restart. */
  DRAIN,
  /** Nobody knows; allowed a few times in a row, then as {@link #FENCE}. */
  TOLERATE_THEN_FENCE
}
