package dev.morphene.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NvmlCodeTest {
  @ParameterizedTest
  @CsvSource({
    "0, SUCCESS, OK",
    "1, UNINITIALIZED, OUR_BUG",
    "2, INVALID_ARGUMENT, OUR_BUG",
    "3, NOT_SUPPORTED, ABSENT",
    "4, NO_PERMISSION, DENIED",
    "6, NOT_FOUND, ABSENT",
    "7, INSUFFICIENT_SIZE, GROW",
    "9, DRIVER_NOT_LOADED, NO_GPU",
    "12, LIBRARY_NOT_FOUND, NO_GPU",
    "13, FUNCTION_NOT_FOUND, OLDER_SYMBOL",
    "15, GPU_IS_LOST, FENCE",
    "16, RESET_REQUIRED, FENCE",
    "17, OPERATING_SYSTEM, FENCE",
    "18, LIB_RM_VERSION_MISMATCH, DRAIN",
    "25, ARGUMENT_VERSION_MISMATCH, OLDER_SYMBOL",
    "999, UNKNOWN, TOLERATE_THEN_FENCE",
    "4242, UNKNOWN, TOLERATE_THEN_FENCE",
    "-1, UNKNOWN, TOLERATE_THEN_FENCE"
  })
  void everyRowOfTheTable(int number, NvmlCode code, NvmlPolicy policy) {
    assertThat(NvmlCode.of(number)).isEqualTo(code);
    assertThat(code.policy()).isEqualTo(policy);
    assertThat(code.meaning()).isNotBlank();
  }

  @Test
  void thereIsNoRowWithoutATest() {
    assertThat(NvmlCode.values()).hasSize(16);
  }
}
