package dev.morphene.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles the C stand-ins under src/test/c, so that real shared libraries are loaded. */
public final class CompiledFake {
  private CompiledFake() {}

  /**
   * Skips the calling test, loudly, when this machine has no C compiler; in CI it fails instead.
   *
   * <p>The library gets no soname, and should get another name than the one it stands for: by
   * either it would be found again when the driver's own is asked for in the same process.
   *
   * @param folder receives the library
   */
  public static Path compile(Path folder, String source, String name, String... flags) {
    String compiler = "cc";
    if (!isThere(compiler)) {
      String skipped =
          "*** SKIPPED: no C compiler (cc) here, so "
              + source
              + " was NOT compiled and what needs"
              + " it NOT tested. Install gcc. ***";
      System.err.println(skipped);
      assertThat(System.getenv("CI")).as("CI needs a C compiler").isNotEqualTo("true");
      assumeTrue(false, skipped);
    }
    Path library = folder.resolve(name);
    List<String> command =
        new ArrayList<>(
            List.of(
                compiler,
                "-Wall",
                "-Werror",
                "-shared",
                "-fPIC",
                "-Wl,-Bsymbolic",
                "-o",
                library.toString(),
                Path.of("src", "test", "c", source).toAbsolutePath().toString()));
    command.addAll(List.of(flags));
    try {
      Files.createDirectories(folder);
      Process process = new ProcessBuilder(command).inheritIO().start();
      assertThat(process.waitFor()).as("cc").isZero();
    } catch (IOException | InterruptedException cause) {
      throw new IllegalStateException(cause);
    }
    return library;
  }

  private static boolean isThere(String compiler) {
    try {
      Process process =
          new ProcessBuilder(compiler, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException cause) {
      throw new IllegalStateException(cause);
    }
  }
}
