package dev.morphene.rave.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTableTest {

  static Stream<Arguments> rows() {
    return Stream.of(
        Arguments.of(new JobFailure(FailureClass.DIVERGED, "x"), FailureClass.DIVERGED),
        Arguments.of(
            new RuntimeException(new JobFailure(FailureClass.UNREADABLE, "x")),
            FailureClass.UNREADABLE),
        Arguments.of(new IOException("No space left on device"), FailureClass.STORAGE),
        Arguments.of(
            new UncheckedIOException(new IOException("Disk quota exceeded")), FailureClass.STORAGE),
        Arguments.of(new AccessDeniedException("/run"), FailureClass.STORAGE),
        Arguments.of(
            new FileSystemException("/run", null, "Read-only file system"), FailureClass.STORAGE),
        Arguments.of(new OutOfMemoryError("Java heap space"), FailureClass.OUT_OF_MEMORY),
        Arguments.of(
            new IllegalStateException("CUDA out of memory. Tried to allocate 2 GiB"),
            FailureClass.OUT_OF_MEMORY),
        Arguments.of(
            new RuntimeException("DefaultCPUAllocator: can't allocate memory: you tried 4 bytes"),
            FailureClass.OUT_OF_MEMORY),
        Arguments.of(new IOException("Connection reset"), FailureClass.CRASH),
        Arguments.of(new IllegalStateException("what?"), FailureClass.CRASH),
        Arguments.of(new UnsatisfiedLinkError("no torch"), FailureClass.CRASH));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowHasItsClass(Throwable thrown, FailureClass expected) {
    assertThat(FailureTable.classify(thrown).failureClass()).isEqualTo(expected);
  }

  @Test
  void badInputComesWithItsCausesAndNoFrames() {
    assertThat(
            FailureTable.classify(new JobFailure(FailureClass.BAD_INPUT, "No folder.")).evidence())
        .isEmpty();
    assertThat(
            FailureTable.classify(
                    new JobFailure(
                        FailureClass.BAD_INPUT, "No audio.", new IOException("header is cut")))
                .evidence())
        .containsExactly("java.io.IOException: header is cut");
  }

  @Test
  void theEvidenceNamesTheErrorAndTheFirstCause() {
    Throwable deep = new IllegalStateException("the root of it");
    for (int i = 0; i < 10; i++) {
      deep = new RuntimeException("wrapped " + i, deep);
    }
    ProcessLine.Failed failed = FailureTable.classify(deep);
    assertThat(failed.evidence()).hasSizeLessThanOrEqualTo(20);
    assertThat(failed.evidence().get(0)).contains("wrapped 9");
    assertThat(failed.message()).contains("wrapped 9");
  }
}
