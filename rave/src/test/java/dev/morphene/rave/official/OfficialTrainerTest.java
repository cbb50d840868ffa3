package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.FailureTable;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.training.TrainResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with a stand-in for the official command, real processes included. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OfficialTrainerTest {
  @TempDir Path folder;
  private StandIn standIn;

  @BeforeEach
  void install() throws IOException {
    standIn = StandIn.in(folder);
  }

  @Test
  void aRunIsReportedFromItsOutputFiguresAndCheckpoints() throws Exception {
    Witness witness = Witness.toTheEnd();
    TrainResult result =
        standIn
            .trainer(StandIn.PATIENT)
            .train(standIn.request("success", "cuda:0"), witness, witness);

    List<ProcessLine.Progress> progress = witness.lines(ProcessLine.Progress.class);
    assertThat(progress)
        .extracting(ProcessLine.Progress::step)
        .isSorted()
        .startsWith(0L)
        .endsWith(60L);
    assertThat(progress).extracting(ProcessLine.Progress::totalSteps).containsOnly(60L);
    assertThat(progress.get(0).stage()).isEqualTo("starting");
    assertThat(progress.get(progress.size() - 1).stage()).isEqualTo("adversarial");
    assertThat(progress.get(progress.size() - 1).measures())
        .containsEntry("fullband_spectral_distance", 2.5)
        .containsEntry("loss_dis", 1.25)
        .doesNotContainKey("validation");
    assertThat(witness.lines(ProcessLine.Validation.class))
        .containsExactly(
            new ProcessLine.Validation(20, 1, 4.5, Map.of("fidelity_0.95", 7.0)),
            new ProcessLine.Validation(40, 2, 5.5, Map.of()),
            new ProcessLine.Validation(60, 2, 5.25, Map.of()));
    assertThat(witness.lines(ProcessLine.CheckpointWritten.class))
        .extracting(
            line -> line.path().getFileName().toString(), ProcessLine.CheckpointWritten::step)
        .containsExactlyInAnyOrder(
            tuple("best.ckpt", 20L),
            tuple("epoch_20.ckpt", 40L),
            tuple("epoch-epoch=0011.ckpt", 60L));
    assertThat(witness.warnings())
        .anySatisfy(warning -> assertThat(warning).contains("epoch_60.ckpt"));

    assertThat(result.steps()).isEqualTo(60);
    assertThat(result.bestValidation()).contains(new ValidationRecord.Point(20, 4.5));
    assertThat(result.checkpoints())
        .extracting(TrainResult.KeptCheckpoint::step)
        .containsExactly(20L, 40L, 60L);
    TrainResult.KeptCheckpoint last = result.checkpoints().get(2);
    assertThat(last.sha256()).isEqualTo(Sha256.of(last.path()));
    assertNobodyIsLeft("success");
  }

  @Test
  void theProgramGetsItsFlagsOneGpuAndNothingSecret() throws Exception {
    Map<String, String> environment = standIn.environment();
    environment.put("CUDA_VISIBLE_DEVICES", "GPU-11,GPU-22");
    environment.put("MORPHENE_JOIN_TOKEN", "secret");
    environment.put("SLURM_JOB_ID", "7");
    Witness witness = Witness.toTheEnd();
    new OfficialTrainer(environment, StandIn.PATIENT, System::nanoTime)
        .train(standIn.request("success", "cuda:1"), witness, witness);

    assertThat(Files.readAllLines(standIn.noted("success", "arguments.txt")))
        .startsWith("train", "--name=success", "--config=v2_small")
        .contains(
            "--override=SAMPLING_RATE=48000",
            "--override=PHASE_1_DURATION=30",
            "--channels=1",
            "--n_signal=4096",
            "--gpu=0",
            "--out_path=" + standIn.runFolder("success").resolve("official"));
    assertThat(Files.readAllLines(standIn.noted("success", "environment.txt")))
        .contains("CUDA_VISIBLE_DEVICES=GPU-22", "PYTHONUNBUFFERED=1", "OMP_NUM_THREADS=2")
        .noneMatch(line -> line.contains("secret") || line.startsWith("SLURM_"));
  }

  @Test
  void aRunGoesOnFromTheMostStepsWhateverTheNamesSay() throws Exception {
    Witness first = Witness.toTheEnd();
    OfficialTrainer trainer = standIn.trainer(StandIn.PATIENT);
    trainer.train(standIn.request("success", "cpu"), first, first);
    Files.delete(standIn.noted("success", "arguments.txt"));

    Witness done = Witness.toTheEnd();
    TrainResult again = trainer.train(standIn.request("success", "cpu"), done, done);
    assertThat(again.checkpoints()).hasSize(3);
    assertThat(standIn.noted("success", "arguments.txt")).doesNotExist();

    Witness more = Witness.toTheEnd();
    trainer.train(standIn.request("success", "cpu", 2, 80), more, more);
    assertThat(Files.readAllLines(standIn.noted("success", "arguments.txt")))
        .noneMatch(word -> word.startsWith("--config") || word.startsWith("--override"))
        .anySatisfy(
            word ->
                assertThat(word)
                    .startsWith("--ckpt=")
                    .endsWith("version_0/checkpoints/epoch-epoch=0011.ckpt"));
    assertThat(more.lines(ProcessLine.Progress.class).get(0).step()).isEqualTo(60);
    assertThat(more.warnings())
        .contains("The run goes on with a batch of 2 instead of 4.")
        .anySatisfy(warning -> assertThat(warning).contains("newest checkpoint is of step 60"));
  }

  @Test
  void anotherRunInTheSameFolderIsRefused() throws Exception {
    Witness witness = Witness.toTheEnd();
    OfficialTrainer trainer = standIn.trainer(StandIn.PATIENT);
    TrainRequest request = standIn.request("success", "cpu");
    trainer.train(request, witness, witness);
    TrainRequest otherConfig = withConfig(request, "v2");
    assertRefused(trainer, withConfig(request, "v2_small,noise"), "config v2_small");
    assertRefused(trainer, otherConfig, "too short");
    assertThatThrownBy(() -> OfficialRunFolder.refuseOfficial(request.runFolder()))
        .hasMessageContaining("official trainer");

    Path checkpoints =
        Files.createDirectories(standIn.runFolder("obedient").resolve("checkpoints"));
    StandIn.checkpoint(checkpoints.resolve("step_000000010.ckpt"), 10);
    assertRefused(trainer, standIn.request("obedient", "cpu"), "own trainer");
    assertThat(standIn.runFolder("obedient").resolve("official")).doesNotExist();
  }

  @Test
  void aGpuThatIsNotUsedOrNotNamedEndsTheRun() throws Exception {
    for (String name : List.of("cpu-in-secret", "silent-about-gpu")) {
      JobFailure failure = failure(name, "cuda:0", StandIn.PATIENT);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.CRASH);
      assertThat(failure).hasMessageContaining("does not use the GPU cuda:0");
      assertNobodyIsLeft(name);
    }
  }

  @Test
  void hangsAreFoundKilledAndExplained() throws Exception {
    JobFailure early = failure("hang-early", "cpu", StandIn.IMPATIENT);
    assertThat(early).hasMessageContaining("has said nothing").hasMessageContaining("step 0");
    assertNobodyIsLeft("hang-early");

    Witness witness = Witness.toTheEnd();
    JobFailure late = failure("hang-late", "cpu", StandIn.IMPATIENT, witness);
    assertThat(late.failureClass()).isEqualTo(FailureClass.CRASH);
    assertThat(late).hasMessageContaining("at step 60").hasMessageContaining("newest checkpoint");
    assertThat(late.evidence())
        .anySatisfy(line -> assertThat(line).contains("sleeping"))
        .contains("train set: 9 examples");
    assertThat(witness.lines(ProcessLine.CheckpointWritten.class)).hasSize(3);
    assertNobodyIsLeft("hang-late");
  }

  @Test
  void whatItSaysLastDecidesTheFailure() throws Exception {
    JobFailure memory = failure("memory", "cuda:0", StandIn.PATIENT);
    assertThat(memory.failureClass()).isEqualTo(FailureClass.OUT_OF_MEMORY);
    assertThat(FailureTable.classify(memory).evidence())
        .last()
        .asString()
        .contains("Tried to allocate 2.00 GiB");
    assertThat(failure("question", "cpu", StandIn.PATIENT))
        .hasMessageContaining("asked a question");
    assertThat(failure("killed", "cpu", StandIn.PATIENT)).hasMessageContaining("signal 9");
    assertThat(failure("interrupted", "cpu", StandIn.PATIENT))
        .hasMessageContaining("before maxSteps");
    JobFailure unsaved = failure("unsaved", "cpu", StandIn.PATIENT);
    assertThat(unsaved.failureClass()).isEqualTo(FailureClass.BAD_INPUT);
    assertThat(unsaved).hasMessageContaining("without saving a checkpoint");
    for (String name : List.of("memory", "question", "killed", "interrupted", "unsaved")) {
      assertNobodyIsLeft(name);
    }
  }

  @Test
  void aStopLosesTheStepsSinceTheNewestCheckpoint() throws Exception {
    Witness witness =
        Witness.untilStop(
            line -> line instanceof ProcessLine.CheckpointWritten written && written.step() == 40);
    JobStopped stopped =
        catchThrowableOfType(
            JobStopped.class,
            () ->
                standIn
                    .trainer(StandIn.PATIENT)
                    .train(standIn.request("obedient", "cpu"), witness, witness));
    assertThat(stopped.step()).isEqualTo(60);
    assertNobodyIsLeft("obedient");
  }

  @Test
  void whoDoesNotHeedTheStopIsKilledWithItsWorkers() throws Exception {
    Witness witness = Witness.untilStop(ProcessLine.Validation.class::isInstance);
    JobStopped stopped =
        catchThrowableOfType(
            JobStopped.class,
            () ->
                standIn
                    .trainer(StandIn.QUICK_TO_KILL)
                    .train(standIn.request("deaf", "cpu"), witness, witness));
    assertThat(stopped.step()).isEqualTo(60);
    assertThat(pids("deaf")).hasSize(3);
    assertNobodyIsLeft("deaf");
  }

  @Test
  void whoKillsTheShellInBetweenEndsTheRun() throws Exception {
    assertThat(failure("orphan", "cpu", StandIn.PATIENT))
        .hasMessageContaining("killed by somebody else");
    assertNobodyIsLeft("orphan");
  }

  @Test
  void aCheckpointCannotBeAskedFor() throws Exception {
    Witness witness = Witness.whoWantsACheckpoint();
    standIn.trainer(StandIn.PATIENT).train(standIn.request("success", "cpu"), witness, witness);
    assertThat(witness.warnings())
        .anySatisfy(warning -> assertThat(warning).contains("not when asked"));
  }

  @Test
  void aMissingOrOlderProgramIsNamedAndNothingIsWritten() throws Exception {
    OfficialTrainer nowhere =
        new OfficialTrainer(Map.of("PATH", "/nowhere"), StandIn.PATIENT, System::nanoTime);
    assertRefused(nowhere, standIn.request("success", "cpu"), "install RAVE 2.3.1");
    List<String> older =
        Files.readAllLines(folder.resolve("help.txt")).stream()
            .filter(line -> !line.contains("--save_every"))
            .toList();
    Files.write(folder.resolve("help.txt"), older);
    OfficialTrainer trainer = standIn.trainer(StandIn.PATIENT);
    assertRefused(trainer, standIn.request("success", "cpu"), "does not know --save_every");
    Files.writeString(
        folder.resolve("help.txt"), "ModuleNotFoundError: No module named 'pkg_resources'\n");
    assertRefused(trainer, standIn.request("success", "cpu"), "install setuptools");
    assertThat(standIn.runFolder("success")).doesNotExist();
  }

  @Test
  void aDatasetThatCannotBeTrainedWithIsRefusedBeforeTheStart() {
    OfficialTrainer trainer = standIn.trainer(StandIn.PATIENT);
    assertRefused(trainer, standIn.request("success", "cpu", 10, 60), "fewer than a batch of 10");
    assertRefused(trainer, standIn.request("success", "cpu", 9, 300_001), "300,000 epochs");
    assertRefused(trainer, standIn.request("a/b", "cpu"), "name of a run");
    assertRefused(trainer, withConfig(standIn.request("success", "cpu"), "v2;ls"), "no config");
    assertRefused(trainer, standIn.request("success", "tpu"), "cpu or cuda:N");
  }

  private static void assertRefused(OfficialTrainer trainer, TrainRequest request, String words) {
    Witness witness = Witness.toTheEnd();
    assertThatThrownBy(() -> trainer.train(request, witness, witness))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT);
              assertThat(failure).hasMessageContaining(words).hasMessageEndingWith(".");
            });
  }

  private JobFailure failure(String name, String device, Patience patience) {
    return failure(name, device, patience, Witness.toTheEnd());
  }

  private JobFailure failure(String name, String device, Patience patience, Witness witness) {
    return catchThrowableOfType(
        JobFailure.class,
        () -> standIn.trainer(patience).train(standIn.request(name, device), witness, witness));
  }

  private List<Long> pids(String name) throws IOException {
    return Arrays.stream(Files.readString(standIn.noted(name, "pids.txt")).strip().split(" "))
        .map(Long::valueOf)
        .toList();
  }

  /** Waits for the kernel, which ends a killed process a moment later. */
  private void assertNobodyIsLeft(String name) throws Exception {
    for (long pid : pids(name)) {
      if (ProcessHandle.of(pid).isPresent()) {
        ProcessHandle.of(pid).get().onExit().get(10, TimeUnit.SECONDS);
      }
    }
  }

  private static TrainRequest withConfig(TrainRequest request, String config) {
    return request.toDraft().config(config).build();
  }
}
