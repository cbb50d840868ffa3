package dev.morphene.gpu.preflight;

import dev.morphene.gpu.command.CommandEnd;
import dev.morphene.gpu.command.ShortCommand;
import dev.morphene.protocol.job.GpuUuid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out in a short-lived child whether a CUDA context can be made on a GPU, and what it costs.
 * In a child, because a context takes memory for as long as its process lives, and because a driver
 * that lacks a function ends the process that calls it, with no exception to catch.
 */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

  /** Named, not referred to: only the child loads it and the CUDA binding behind it. */
  private static final String CHILD = "dev.morphene.gpu.preflight.child.PreflightProcess";

  private final Settings settings;

  /**
   * @param javaCommand the {@code java} to run
   * @param classPath holds this module and what it needs
   * @param timeout for one preflight, the start of the JVM included
   * @param temporaryFolder receives a folder for each preflight, gone at its end
   * @param nvmlLibrary loaded instead of the driver's own; absolute
   * @param environment of the child, in addition to this process's own
   */
  public record Settings(
      Path javaCommand,
      String classPath,
      Duration timeout,
      Path temporaryFolder,
      Optional<Path> nvmlLibrary,
      Map<String, String> environment) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    public Settings {
      environment = Map.copyOf(environment);
    }

    /** This JVM's Java and class path. */
    public static Settings likeThisJvm(Optional<Path> nvmlLibrary) {
      return new Settings(
          Path.of(System.getProperty("java.home"), "bin", "java"),
          System.getProperty("java.class.path"),
          TIMEOUT,
          Path.of(System.getProperty("java.io.tmpdir")),
          nvmlLibrary,
          Map.of());
    }
  }

  public Preflight(Settings settings) {
    this.settings = settings;
  }

  /** Waits for the child; a second on a healthy machine, at most the timeout. */
  public PreflightResult check(GpuUuid gpu) {
    Path folder = null;
    try {
      // The CUDA binding runs whatever library of its name it finds in its temporary folder, so
      // that folder must be new and nobody else's; a folder made so is open to its owner only.
      folder = Files.createTempDirectory(settings.temporaryFolder(), "morphene-preflight-");
      return PreflightEndTable.result(run(gpu, folder));
    } catch (IOException cause) {
      return new PreflightResult.Failed(
          "The preflight has no temporary folder: " + cause.getMessage() + ".");
    } finally {
      if (folder != null) {
        delete(folder);
      }
    }
  }

  private CommandEnd run(GpuUuid gpu, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(settings.javaCommand().toString());
    command.add("-Xmx128m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + folder.resolve("crash.log"));
    command.add("-Djava.io.tmpdir=" + folder);
    command.add("-Djna.tmpdir=" + folder);
    command.add(CHILD);
    command.add(gpu.value());
    settings.nvmlLibrary().ifPresent(library -> command.add(library.toString()));
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.put("CLASSPATH", settings.classPath());
    environment.put("CUDA_VISIBLE_DEVICES", gpu.value());
    return ShortCommand.run(command, environment, settings.timeout());
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException cause) {
      LOG.warn("The temporary folder {} of a preflight stays behind.", folder, cause);
    }
  }
}
