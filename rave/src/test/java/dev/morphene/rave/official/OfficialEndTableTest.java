package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfficialEndTableTest {
  private static JobFailure failure(OptionalInt exitCode, String... lines) {
    TrainerOutput output = new TrainerOutput(9, 4);
    List.of(lines).forEach(output::accept);
    return OfficialEndTable.of(exitCode, output);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried | OUT_OF_MEMORY | smaller batch",
        "RuntimeError: DefaultCPUAllocator: can't allocate memory | OUT_OF_MEMORY | smaller batch",
        "MemoryError | OUT_OF_MEMORY | smaller batch",
        "It is possible that dataloader's workers are out of shared memory. | CRASH | /dev/shm",
        "RuntimeError: DataLoader worker (pid 7) is killed by signal: Killed. | OUT_OF_MEMORY |"
            + " fewer threads",
        "OSError: [Errno 28] No space left on device | STORAGE | free space",
        "PermissionError: [Errno 13] Permission denied: '/x' | STORAGE | let this user",
        "FATAL Flags parsing error: Unknown command line flag 'x' | BAD_INPUT | install RAVE",
        "ValueError: num_samples should be a positive integer value | BAD_INPUT | is empty",
        "ZeroDivisionError: integer division or modulo by zero | BAD_INPUT | smaller batch",
        "ValueError: n_components=128 must be between 0 and | BAD_INPUT | five minutes",
        "The size of tensor a (236) must match the size of tensor b (237) | BAD_INPUT | 131072",
        "lmdb.CorruptedError: /d: MDB_CORRUPTED | UNREADABLE | preprocess again",
        "RuntimeError: PytorchStreamReader failed reading zip archive | UNREADABLE | remove",
        "OSError: Unable to open file: v9.gin. Searched config paths | BAD_INPUT | the config",
        "ModuleNotFoundError: No module named 'pkg_resources' | BAD_INPUT | setuptools",
        "ImportError: cannot import name 'kaiser' from 'scipy.signal' | BAD_INPUT | scipy 1.10.0",
        "Support for `validation_epoch_end` has been removed | BAD_INPUT | lightning 1.9.0",
        "ModuleNotFoundError: No module named 'gin' | BAD_INPUT | not complete",
        "EOFError: EOF when reading a line | CRASH | asked a question",
        "RuntimeError: CUDA error: unspecified launch failure | CRASH | fits the driver",
        "FileNotFoundError: [Errno 2] No such file or directory: '/d/metadata.yaml' | UNREADABLE |"
            + " preprocess",
        "RuntimeError: what is this | CRASH | ended with code 1"
      })
  void everyRowHasItsClassAndItsFix(String line, FailureClass expected, String fix) {
    JobFailure failure = failure(OptionalInt.of(1), "Traceback (most recent call last):", line);
    assertThat(failure.failureClass()).isEqualTo(expected);
    assertThat(failure).hasMessageContaining(fix).hasMessageEndingWith(".");
    assertThat(failure.evidence()).containsExactly("Traceback (most recent call last):", line);
  }

  @Test
  void warningsBeforeATracebackDecideNothing() {
    JobFailure failure =
        failure(
            OptionalInt.of(1),
            "UserWarning: CUDA error handling: ImportError: No module named 'fancy'",
            "Permission denied: '/root/.cache'",
            "Traceback (most recent call last):",
            "MemoryError",
            "During handling of the above exception, another exception occurred:",
            "Traceback (most recent call last):",
            "RuntimeError: DataLoader exited unexpectedly");
    assertThat(failure.failureClass()).isEqualTo(FailureClass.OUT_OF_MEMORY);
  }

  @Test
  void codesWithoutWordsAreExplained() {
    assertThat(failure(OptionalInt.of(137))).hasMessageContaining("signal 9");
    assertThat(failure(OptionalInt.of(139))).hasMessageContaining("signal 11");
    assertThat(failure(OptionalInt.empty())).hasMessageContaining("killed by somebody else");
    assertThat(failure(OptionalInt.of(0))).hasMessageContaining("before maxSteps");
    assertThat(failure(OptionalInt.of(0), "`Trainer.fit` stopped: `max_epochs=300000` reached."))
        .hasMessageContaining("300,000 epochs");
  }
}
