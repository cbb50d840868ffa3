package dev.morphene.gpu.nvml;

/** The driver refused a call. */
public final class NvmlFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final NvmlCode code;

  /**
   * @param symbol that was called
   * @param number as answered
   * @param driverWords what the driver calls the number; used where our table does not know it
   */
  NvmlFailure(String symbol, int number, String driverWords) {
    this(
        NvmlCode.of(number),
        String.format(
            "%s answered %d: %s",
            symbol,
            number,
            NvmlCode.of(number).number() == number
                ? NvmlCode.of(number).meaning()
                : "\"" + driverWords + "\""));
  }

  NvmlFailure(NvmlCode code, String message) {
    super(message);
    this.code = code;
  }

  public NvmlCode code() {
    return code;
  }

  public NvmlPolicy policy() {
    return code.policy();
  }
}
