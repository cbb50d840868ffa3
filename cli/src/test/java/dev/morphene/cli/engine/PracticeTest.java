package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.engine.Practice.Numbers;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PracticeTest {
  private static final Numbers GUIDE =
      new Numbers("v2", 3_000_000, OptionalLong.empty(), 10_000, 50_000, 8, 131_072);

  @Test
  void theGuidesTrainingBecomesOneOfSixtySteps() {
    assertThat(Practice.apply(GUIDE))
        .isEqualTo(new Numbers("tiny", 60, OptionalLong.of(36), 20, 20, 2, 40_960));
  }

  @Test
  void theNoticeNamesWhatIsReplacedByWhat() {
    assertThat(Practice.notice(GUIDE))
        .hasValueSatisfying(
            notice ->
                assertThat(notice)
                    .startsWith("Practice: ")
                    .contains("config tiny in place of v2", "steps 60 in place of 3000000")
                    .contains("phase one steps 36 in place of the config's")
                    .contains("batch 2 in place of 8", "signal samples 40960 in place of 131072"));
  }

  @Test
  void whatIsAPracticeRunAlreadyStaysAsItIs() {
    Numbers practised = Practice.apply(GUIDE);
    assertThat(Practice.apply(practised)).isEqualTo(practised);
    assertThat(Practice.notice(practised)).isEmpty();
  }

  @Property
  void aPracticeRunIsNeverLargerThanAskedAndHasBothPhasesWhereItCan(
      @ForAll @LongRange(min = 1, max = 10_000_000) long steps,
      @ForAll @IntRange(min = 1, max = 64) int batch) {
    Numbers practised =
        Practice.apply(
            new Numbers("v2", steps, OptionalLong.of(1_000_000), 10_000, 50_000, batch, 131_072));
    assertThat(practised.maxSteps()).isBetween(1L, Math.min(60, steps));
    assertThat(practised.batch()).isBetween(1, Math.min(2, batch));
    assertThat(practised.phaseOneSteps().getAsLong()).isBetween(1L, practised.maxSteps());
    assertThat(practised.maxSteps() - practised.phaseOneSteps().getAsLong())
        .isGreaterThanOrEqualTo(steps > 1 ? 1 : 0);
  }

  @Test
  void onlyAWordThatSaysSoTurnsItOn() {
    assertThat(Practice.isOn(Map.of(), "")).isFalse();
    assertThat(Practice.isOn(Map.of(Practice.VARIABLE, ""), "")).isFalse();
    assertThat(Practice.isOn(Map.of(Practice.VARIABLE, "0"), "1")).isFalse();
    assertThat(Practice.isOn(Map.of(Practice.VARIABLE, "false"), "")).isFalse();
    assertThat(Practice.isOn(Map.of(Practice.VARIABLE, "1"), "")).isTrue();
    assertThat(Practice.isOn(Map.of(), "1")).isTrue();
  }
}
