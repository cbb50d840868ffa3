package dev.morphene.gpu.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.morphene.gpu.CompiledFake;
import dev.morphene.gpu.nvml.NvmlLibrary;
import dev.morphene.gpu.nvml.NvmlLoad;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real child with the real CUDA binding, without a driver and against a compiled stand-in. */
class PreflightTest {
  private static final GpuUuid GPU = new GpuUuid("GPU-00000000-0000-0000-0000-000000000001");
  private static final Duration LONG = Duration.ofSeconds(120);

  @TempDir private Path folder;
  @TempDir private Path temporaryFolder;

  @Test
  void withoutADriverItFailsWithTheLinkersReason() {
    assumeFalse(
        NvmlLibrary.load(Optional.empty()) instanceof NvmlLoad.Loaded, "this machine has a driver");
    assertThat(check(Map.of(), Optional.empty(), LONG))
        .isEqualTo(
            new PreflightResult.Failed(
                "The CUDA driver cannot be loaded: libcuda.so.1: cannot open shared object file:"
                    + " No such file or directory."));
  }

  @Test
  void aContextIsMadeAndItsCostIsWhatTheDriverHasLessFree() {
    Path nvml = CompiledFake.compile(folder.resolve("nvml"), "fake_nvml.c", "libfake-nvml.so.1");
    Map<String, String> environment =
        Map.of(
            "FAKE_NVML_LIBRARY",
            nvml.toString(),
            "FAKE_NVML_GPU",
            GPU + " 85899345920 524288000 0");
    assertThat(check(cuda(environment), Optional.of(nvml), LONG))
        .isEqualTo(new PreflightResult.Passed(Optional.of(new ByteSize(300L << 20))));
  }

  @Test
  void withoutNvmlTheCostStaysUnknown() {
    assertThat(check(cuda(Map.of()), Optional.of(folder.resolve("none.so.1")), LONG))
        .isEqualTo(new PreflightResult.Passed(Optional.empty()));
  }

  @Test
  void aGpuThatTheDriverDoesNotSeeFails() {
    Preflight preflight = preflight(cuda(Map.of()), Optional.empty(), LONG);
    assertThat(preflight.check(new GpuUuid("CPU")))
        .isEqualTo(new PreflightResult.Failed("The CUDA driver does not see this GPU."));
  }

  @Test
  void aRefusedContextIsNamed() {
    assertThat(check(cuda(Map.of("STUB_CUDA", "code 2")), Optional.empty(), LONG))
        .isEqualTo(
            new PreflightResult.Failed("cuCtxCreate answered 2 (CUDA_ERROR_OUT_OF_MEMORY)."));
  }

  @Test
  void aMissingFunctionEndsTheChildAloneAndIsNamed() {
    Path library =
        CompiledFake.compile(folder.resolve("cuda"), "stub_cuda.c", "libcuda.so.1", "-DNO_CONTEXT");
    Map<String, String> environment = Map.of("LD_LIBRARY_PATH", library.getParent().toString());
    assertThat(reason(check(environment, Optional.empty(), LONG)))
        .startsWith("The CUDA driver lacks a function, so it is too old: ")
        .contains("undefined symbol: cuCtxCreate_v2");
  }

  @Test
  void aDriverThatAbortsEndsTheChildAlone() {
    assertThat(reason(check(cuda(Map.of("STUB_CUDA", "abort")), Optional.empty(), LONG)))
        .startsWith("The CUDA driver crashed (signal 6)");
  }

  @Test
  void aDriverThatHangsIsKilled() {
    assertThat(
            reason(
                check(cuda(Map.of("STUB_CUDA", "hang")), Optional.empty(), Duration.ofSeconds(2))))
        .isEqualTo("The preflight did not end within 2 s and was killed; the driver hangs.");
  }

  @Test
  void nothingOfItStaysInTheTemporaryFolder() {
    check(cuda(Map.of()), Optional.empty(), LONG);
    assertThat(temporaryFolder).isEmptyDirectory();
  }

  /** The agent would die of a missing function; only classes that it never loads may name JCuda. */
  @Test
  void onlyTheChildNamesTheCudaBinding() throws IOException {
    Path classes = Path.of("target", "classes");
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> naming =
          files
              .filter(file -> file.toString().endsWith(".class"))
              .filter(file -> contains(file, "jcuda/"))
              .map(classes::relativize)
              .toList();
      assertThat(naming)
          .isNotEmpty()
          .allMatch(file -> file.startsWith("dev/morphene/gpu/preflight/child"));
    }
    try (Stream<Path> files = Files.walk(classes)) {
      assertThat(
              files
                  .filter(file -> file.toString().endsWith(".class"))
                  .filter(
                      file ->
                          !classes.relativize(file).startsWith("dev/morphene/gpu/preflight/child"))
                  .filter(file -> contains(file, "dev/morphene/gpu/preflight/child/")))
          .isEmpty();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException cause) {
      throw new IllegalStateException(cause);
    }
  }

  private Map<String, String> cuda(Map<String, String> more) {
    Path library = CompiledFake.compile(folder.resolve("cuda"), "stub_cuda.c", "libcuda.so.1");
    Map<String, String> environment = new HashMap<>(more);
    environment.put("LD_LIBRARY_PATH", library.getParent().toString());
    return environment;
  }

  private PreflightResult check(
      Map<String, String> environment, Optional<Path> nvml, Duration timeout) {
    return preflight(environment, nvml, timeout).check(GPU);
  }

  private Preflight preflight(
      Map<String, String> environment, Optional<Path> nvml, Duration timeout) {
    Preflight.Settings like = Preflight.Settings.likeThisJvm(nvml);
    return new Preflight(
        new Preflight.Settings(
            like.javaCommand(), like.classPath(), timeout, temporaryFolder, nvml, environment));
  }

  private static String reason(PreflightResult result) {
    return ((PreflightResult.Failed) result).reason();
  }
}
