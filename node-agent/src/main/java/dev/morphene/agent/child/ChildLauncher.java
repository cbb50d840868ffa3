package dev.morphene.agent.child;

import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.rave.process.LeaseWatch;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Starts the child JVM of an attempt. The child gets its request as a file, its class path and
 * thread settings through the environment, and nothing secret.
 */
public final class ChildLauncher implements ChildStart {
  /** The engine's entry point; named, not referred to, because only the child loads it. */
  public static final String ENGINE_MAIN_CLASS = "dev.morphene.rave.process.RaveProcess";

  /** More than any signal of a layer; malloc keeps what is freed, up to so much. */
  private static final String KEPT_BYTES = "4000000000";

  /** A ceiling, not a demand: a snapshot of v2 with its optimizer passes through the heap. */
  private static final int DEFAULT_HEAP_MEGABYTES = 4096;

  /**
   * @param javaCommand the {@code java} to run
   * @param mainClass entry point of the child; {@link #ENGINE_MAIN_CLASS} in production
   * @param classPath holds {@code rave} and what it needs
   * @param workFolder receives a folder for each attempt: request, log
   * @param heapMegabytes Java heap of a child; tensors live outside it
   * @param threads of libtorch
   */
  public record Settings(
      Path javaCommand,
      String mainClass,
      String classPath,
      Path workFolder,
      int heapMegabytes,
      int threads) {
    public Settings {
      Objects.requireNonNull(mainClass);
      Objects.requireNonNull(javaCommand);
      Objects.requireNonNull(classPath);
      Objects.requireNonNull(workFolder);
    }

    /** Children run with this JVM's Java and class path. */
    public static Settings likeThisJvm(Path workFolder, int threads) {
      return new Settings(
          Path.of(System.getProperty("java.home"), "bin", "java"),
          ENGINE_MAIN_CLASS,
          System.getProperty("java.class.path"),
          workFolder,
          DEFAULT_HEAP_MEGABYTES,
          threads);
    }
  }

  private final Settings settings;

  public ChildLauncher(Settings settings) {
    this.settings = settings;
  }

  public Settings settings() {
    return settings;
  }

  @Override
  public Child start(ClaimReply.Granted granted, Placement placement, long untilNanos)
      throws IOException {
    ChildRequest request =
        SpecTranslation.translate(
            granted.spec(), granted.provenance(), placement.device(), settings.threads());
    return launch(granted.attempt(), request, placement.environment(), untilNanos);
  }

  /**
   * Starts the child; its first line may take a second or two.
   *
   * @param request one of the request records of {@code dev.morphene.rave.process}
   * @param extra environment that the place of the job asks for
   * @param untilNanos end of the first lease, on {@code System.nanoTime}
   * @throws IOException when the request cannot be written or the process cannot be started
   */
  public ChildProcess launch(
      AttemptId attempt, ChildRequest request, Map<String, String> extra, long untilNanos)
      throws IOException {
    Path folder =
        Files.createDirectories(
            settings
                .workFolder()
                .resolve("job-" + attempt.job() + "-attempt-" + attempt.attempt()));
    Path requestFile = folder.resolve("request.json");
    Files.writeString(
        requestFile,
        ProcessJson.mapper().writeValueAsString(request.body()),
        StandardCharsets.UTF_8);
    Path log = folder.resolve("child.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                settings.javaCommand().toString(),
                "-Xmx" + settings.heapMegabytes() + "m",
                "-Dai.djl.offline=true",
                "-Djava.awt.headless=true",
                settings.mainClass(),
                request.kind().word(),
                requestFile.toString()));
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", settings.classPath());
    environment.put(LeaseWatch.UNTIL_VARIABLE, Long.toString(untilNanos));
    // Spinning OpenMP threads cost up to ten times on a host that is not ours alone.
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put("OMP_NUM_THREADS", Integer.toString(settings.threads()));
    environment.put("PYTORCH_TENSOREXPR", "0");
    // Every layer's signals would go back to the kernel, and the next would wait for clean pages.
    // Only malloc's first arena keeps what is larger than 64 MiB, and Java's threads have others.
    environment.put("MALLOC_ARENA_MAX", "1");
    environment.put("MALLOC_MMAP_THRESHOLD_", KEPT_BYTES);
    environment.put("MALLOC_TRIM_THRESHOLD_", KEPT_BYTES);
    // File names are UTF-8, whatever the locale that the agent was started with.
    environment.put("LC_ALL", "C.UTF-8");
    environment.putAll(extra);
    builder.directory(folder.toFile());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    ChildLog pieces = new ChildLog(log, Files.exists(log) ? Files.size(log) : 0);
    return new ChildProcess(
        attempt, builder.start(), log, pieces, hasForeignTrainer(request.body()));
  }

  private static boolean hasForeignTrainer(Object request) {
    return request instanceof TrainRequest train
        && train.trainer().equals(Optional.of(TrainerKind.RAVE));
  }
}
