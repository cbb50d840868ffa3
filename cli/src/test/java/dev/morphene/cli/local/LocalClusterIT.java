package dev.morphene.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.cli.demo.DemoProject;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.PreprocessSpec;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.view.JobHistory;
import dev.morphene.protocol.view.JobView;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole local cluster with real child processes, and what happens when parts of it are killed.
 * All tests share a cluster and a dataset.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalClusterIT {
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final long STEPS = 30;

  /** On several, some processors add in another order each time. */
  private static final int ONE_CORE = 1;

  @TempDir static Path folder;
  private LocalCluster cluster;
  private MorpheneClient api;
  private DemoProject project;

  @BeforeAll
  void start() throws InterruptedException {
    project = prepare("project");
    startCluster();
    preprocess(project, "preprocess");
  }

  private DemoProject prepare(String name) {
    return DemoProject.prepare(folder.resolve(name), Path.of("..", "samples"));
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void aKilledTrainerGoesOnFromItsCheckpointAndEndsWithTheSameWeights() throws Exception {
    JobId killed = submit("killed", train("killed"));
    await(killed, detail -> !detail.history().checkpoints().isEmpty());
    trainer().destroyForcibly();
    Detail detail = await(killed, LocalClusterIT::isEnded);
    assertThat(detail.job().state()).isEqualTo(JobState.COMPLETED);
    assertThat(detail.history().failures()).isEqualTo(1);
    assertThat(notLost(detail)).hasSize(2);

    JobId quiet = submit("quiet", train("quiet"));
    assertThat(await(quiet, LocalClusterIT::isEnded).job().state()).isEqualTo(JobState.COMPLETED);
    Map<?, ?> expected = weights("quiet");
    Map<?, ?> actual = weights("killed");
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (Object name : expected.keySet()) {
      TensorData one = (TensorData) expected.get(name);
      TensorData other = (TensorData) actual.get(name);
      assertThat(same(one, other)).as(String.valueOf(name)).isTrue();
    }
  }

  @Test
  void stoppedInTheMiddleTheNextStartGoesOn() throws Exception {
    JobId job = submit("stopped", train("stopped"));
    await(job, detail -> !detail.history().checkpoints().isEmpty());
    ProcessHandle child = trainer();
    cluster.close();
    assertThat(child.isAlive()).isFalse();
    startCluster();
    Detail detail = await(job, LocalClusterIT::isEnded);
    assertThat(detail.job().state()).isEqualTo(JobState.COMPLETED);
    assertThat(detail.history().failures()).as("a stop spends no retry").isZero();
  }

  @Test
  void cancellingARunningJobEndsItsProcess() throws Exception {
    JobId job = submit("cancelled", train("cancelled"));
    await(job, detail -> detail.job().progress().isPresent());
    ProcessHandle child = trainer();
    api.queue().cancel(job);
    assertThat(await(job, LocalClusterIT::isEnded).job().state()).isEqualTo(JobState.CANCELLED);
    child.onExit().get(120, TimeUnit.SECONDS);
  }

  @Test
  void aJobThatCannotBeDoneSaysWhyAndIsNotTriedAgain() throws Exception {
    Path none = folder.resolve("none");
    JobId job = submit("nowhere", train("nowhere", none));
    Detail detail = await(job, LocalClusterIT::isEnded);
    assertThat(detail.job().state()).isEqualTo(JobState.FAILED);
    assertThat(notLost(detail)).hasSize(1);
    JobView.Error error = detail.job().error().orElseThrow();
    assertThat(error.errorClass()).isEqualTo(ErrorClass.CALLERS_FAULT);
    assertThat(error.message()).contains(none.toString());
    assertThat(error.suggestedFix()).isNotBlank();
  }

  @Test
  void unusableFilesAreNamedAndTheRestIsUsed() throws Exception {
    DemoProject spoilt = prepare("spoilt");
    Path raw = spoilt.folders().musicalRaw();
    Files.writeString(raw.resolve("letter.wav"), "dear studio", StandardCharsets.UTF_8);
    Files.createFile(raw.resolve("empty.flac"));
    byte[] whole = Files.readAllBytes(raw.resolve("violin_pizzicato.flac"));
    Files.write(raw.resolve("cut.flac"), Arrays.copyOf(whole, whole.length / 3));
    JobId job = preprocess(spoilt, "spoilt");
    assertThat(api.queue().history(job).warnings())
        .extracting(JobHistory.Warning::message)
        .anyMatch(warning -> warning.contains("letter.wav"))
        .anyMatch(warning -> warning.contains("empty.flac"))
        .anyMatch(warning -> warning.contains("cut.flac"));
  }

  private void startCluster() {
    cluster =
        LocalCluster.start(
            DataFolder.open(folder.resolve("cluster")),
            new ClusterSettings(Optional.empty(), Optional.empty(), "127.0.0.1", 0),
            ONE_CORE);
    api = new MorpheneClient(cluster.address());
  }

  private JobId preprocess(DemoProject project, String name) throws InterruptedException {
    JobId job =
        submit(
            name,
            new PreprocessSpec(
                List.of(
                    new PreprocessSpec.Input(
                        "musical",
                        project.folders().musicalRaw().toString(),
                        project.folders().musicalProcessed().toString())),
                project.folders().trainingData().toString(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(SIGNAL_SAMPLES),
                Optional.empty(),
                Optional.empty()));
    Detail detail = await(job, LocalClusterIT::isEnded);
    assertThat(detail.job().state()).as("%s", detail.job().error()).isEqualTo(JobState.COMPLETED);
    return job;
  }

  private TrainSpec train(String name) {
    return train(name, project.folders().trainingData());
  }

  private TrainSpec train(String name, Path dataset) {
    return TrainSpec.draft(name, "tiny", dataset.toString(), folder.resolve(name).toString())
        .maxSteps(STEPS)
        .phaseOneSteps(STEPS / 2)
        .validateEvery(STEPS)
        .saveEvery(STEPS)
        .latestEvery(5)
        .batch(2)
        .signalSamples(SIGNAL_SAMPLES)
        .seed(11)
        .build();
  }

  private JobId submit(String name, JobSpec spec) {
    return api.queue()
        .submit(
            new Submission(
                Submission.VERSION,
                new IdempotencyKey(name),
                name,
                List.of(
                    new JobRequest(
                        name,
                        OptionalInt.of(10),
                        OptionalInt.empty(),
                        List.of(),
                        OptionalInt.empty(),
                        spec)),
                Optional.of(true)))
        .jobs()
        .get(name);
  }

  /** A job with its history, read one after the other. */
  private record Detail(JobView job, JobHistory history) {}

  private Detail await(JobId job, Predicate<Detail> condition) throws InterruptedException {
    while (true) {
      Detail detail = new Detail(api.queue().job(job), api.queue().history(job));
      if (condition.test(detail)) {
        return detail;
      }
      if (isEnded(detail)) {
        throw new AssertionError("The job ended too early: " + detail);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** On a starved machine a lease may lapse now and then; the job goes on and no retry is spent. */
  private static List<JobHistory.Attempt> notLost(Detail detail) {
    return detail.history().attempts().stream()
        .filter(attempt -> !attempt.outcome().equals("lost"))
        .toList();
  }

  private static boolean isEnded(Detail detail) {
    return detail.job().state().isEnd();
  }

  private static ProcessHandle trainer() {
    return ProcessHandle.current()
        .descendants()
        .filter(
            process ->
                process
                    .info()
                    .arguments()
                    .map(arguments -> List.of(arguments).contains("train"))
                    .orElse(false))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No trainer is running."));
  }

  private Map<?, ?> weights(String name) {
    Path checkpoints = folder.resolve(name).resolve("checkpoints");
    JobHistory history =
        api.queue()
            .history(
                api.queue().jobs(Optional.empty()).stream()
                    .filter(job -> job.name().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .id());
    Path last =
        Path.of(
            history.checkpoints().stream()
                .filter(checkpoint -> checkpoint.step() == STEPS)
                .findFirst()
                .orElseThrow()
                .path());
    assertThat(last.getParent()).isEqualTo(checkpoints);
    return (Map<?, ?>) TorchTree.read(last).get("state_dict");
  }

  private static boolean same(TensorData one, TensorData other) {
    return Arrays.equals(one.shape(), other.shape())
        && (one.type() == other.type())
        && (one.type() == TensorData.ElementType.FLOAT32
            ? Arrays.equals(one.floats(), other.floats())
            : Arrays.equals(one.longs(), other.longs()));
  }
}
