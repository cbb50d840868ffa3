package dev.morphene.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WallTimeTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT59.9S, 59s",
    "PT12M5S, 12m",
    "PT4H12M, 4h 12m",
    "PT76H, 3d 4h",
    "PT-5S, 0s"
  })
  void stretchesShowTheirTwoLargestUnits(Duration time, String text) {
    assertThat(WallTime.span(time)).isEqualTo(text);
  }
}
