package dev.morphene.agent.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.rave.process.FailureClass;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChildEndTableTest {
  @ParameterizedTest
  @CsvSource({
    "137, TRAINER_CRASH",
    "134, TRAINER_CRASH",
    "139, TRAINER_CRASH",
    "1, TRAINER_CRASH",
    "2, CALLERS_FAULT",
    "3, UNREADABLE",
    "4, OUT_OF_MEMORY",
    "5, STORAGE",
    "6, DIVERGED",
    "0, UNKNOWN",
    "127, UNKNOWN"
  })
  void anExitWithoutALastLineIsReadFromItsCode(int exitCode, ErrorClass expected) {
    AttemptReport.Failed report =
        (AttemptReport.Failed)
            ChildEndTable.report(
                new ChildEnd(exitCode, Optional.empty(), List.of("line")),
                ErrorClass.DRAINED,
                new ByteSize(5));
    assertThat(report.errorClass()).isEqualTo(expected);
    assertThat(report.evidence()).containsExactly("line");
    assertThat(report.peakMemory()).isEqualTo(new ByteSize(5));
  }

  @ParameterizedTest
  @EnumSource
  void everyFailureOfTheEngineHasAClassAndAFix(FailureClass failureClass) {
    ErrorClass errorClass = ChildEndTable.errorClass(failureClass);
    assertThat(ChildEndTable.failure(errorClass, "m", List.of(), new ByteSize(0)).suggestedFix())
        .isNotBlank();
  }
}
