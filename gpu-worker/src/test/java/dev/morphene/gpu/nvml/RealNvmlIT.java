package dev.morphene.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same contract against NVIDIA's own library, on a machine with at least one GPU. */
@Tag("gpu")
class RealNvmlIT extends NvmlContract {
  private static NvmlLoad.Loaded library;

  @BeforeAll
  static void findGpu() {
    Optional<String> problem = problem();
    problem.ifPresent(
        reason ->
            System.err.println(
                "*** SKIPPED: no NVIDIA GPU here ("
                    + reason
                    + "), so the binding was tested"
                    + " against the compiled fake alone. ***"));
    assumeTrue(problem.isEmpty(), "no NVIDIA GPU");
  }

  private static Optional<String> problem() {
    NvmlLoad load = NvmlLibrary.load(Optional.empty());
    if (load instanceof NvmlLoad.Missing missing) {
      return Optional.of(missing.reason());
    }
    library = (NvmlLoad.Loaded) load;
    try (Nvml nvml = Nvml.open(library)) {
      return nvml.slots().isEmpty() ? Optional.of("NVML counts none") : Optional.empty();
    } catch (NvmlFailure failure) {
      return Optional.of(failure.getMessage());
    }
  }

  @Override
  NvmlLoad.Loaded library() {
    return library;
  }

  /** Strangers may take or give memory meanwhile, so a machine for this test should be idle. */
  @Test
  void askingCostsNoDeviceMemory() throws NvmlFailure {
    try (Nvml nvml = Nvml.open(library)) {
      NvmlSlot.Device device = devices(nvml).get(0);
      long before = nvml.memory(device).freeBytes();
      for (int i = 0; i < 100; i++) {
        nvml.utilisationPercent(device);
        nvml.processes(device);
      }
      assertThat(nvml.memory(device).freeBytes()).isEqualTo(before);
      assertThat(nvml.processes(device))
          .extracting(NvmlProcess::pid)
          .doesNotContain(ProcessHandle.current().pid());
    }
  }
}
