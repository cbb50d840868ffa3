package dev.morphene.gpu.nvml;

/** The one table from what the driver answers to what we do about it. */
public enum NvmlCode {
  SUCCESS(0, NvmlPolicy.OK, "done"),
  UNINITIALIZED(1, NvmlPolicy.OUR_BUG, "asked before init or after shutdown"),
  INVALID_ARGUMENT(2, NvmlPolicy.OUR_BUG, "a wrong argument, or a handle that died"),
  NOT_SUPPORTED(3, NvmlPolicy.ABSENT, "this device does not have it"),
  NO_PERMISSION(
      4,
      NvmlPolicy.DENIED,
      "not allowed: the device is a MIG parent, or its device files are closed to this container"),
  NOT_FOUND(6, NvmlPolicy.ABSENT, "there is none"),
  INSUFFICIENT_SIZE(7, NvmlPolicy.GROW, "the buffer is too small"),
  DRIVER_NOT_LOADED(9, NvmlPolicy.NO_GPU, "the NVIDIA driver is not loaded"),
  LIBRARY_NOT_FOUND(12, NvmlPolicy.NO_GPU, "a library of the NVIDIA driver is missing"),
  FUNCTION_NOT_FOUND(13, NvmlPolicy.OLDER_SYMBOL, "the driver does not know this call"),
  GPU_IS_LOST(15, NvmlPolicy.FENCE, "the GPU has fallen off the bus"),
  RESET_REQUIRED(16, NvmlPolicy.FENCE, "the GPU needs a reset"),
  OPERATING_SYSTEM(17, NvmlPolicy.FENCE, "the operating system denies access to the device"),
  LIB_RM_VERSION_MISMATCH(
      18,
      NvmlPolicy.DRAIN,
      "the driver was upgraded under this process: restart the container or the node agent"),
  ARGUMENT_VERSION_MISMATCH(
      25, NvmlPolicy.OLDER_SYMBOL, "the driver does not know this version of the call"),
  UNKNOWN(
      999,
      NvmlPolicy.TOLERATE_THEN_FENCE,
      "unknown; a reload of systemd on the host takes devices away from running containers so");

  private final int number;
  private final NvmlPolicy policy;
  private final String meaning;

  NvmlCode(int number, NvmlPolicy policy, String meaning) {
    this.number = number;
    this.policy = policy;
    this.meaning = meaning;
  }

  /** The row of a number; a number that has none is treated as {@link #UNKNOWN}. */
  public static NvmlCode of(int number) {
    for (NvmlCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return UNKNOWN;
  }

  public int number() {
    return number;
  }

  public NvmlPolicy policy() {
    return policy;
  }

  /** For people; completes "the driver says:". */
  public String meaning() {
    return meaning;
  }
}
