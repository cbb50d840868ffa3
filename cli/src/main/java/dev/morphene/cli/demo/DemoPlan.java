package dev.morphene.cli.demo;

import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.spec.ExportPlan;
import dev.morphene.protocol.spec.PreprocessSpec;
import dev.morphene.protocol.spec.SourceRecord;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the demonstration asks the cluster for: a dataset, a training of the tiny model, an audit of
 * each kept checkpoint, the export of the best. The same submission that an operator would write.
 *
 * @param steps of training; three fifths are the representation phase
 */
public record DemoPlan(long steps) {
  /** Enough for both phases to show what they do, in minutes on two cores. */
  public static final long DEFAULT_STEPS = 900;

  /** Seconds of each rendering of an audit. */
  public static final double AUDIT_SECONDS = 30;

  private static final int SAMPLING_RATE_HZ = 48_000;
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final int BATCH = 4;
  private static final int CHECKPOINTS = 3;
  private static final double FIDELITY = 0.95;

  public Submission submission(DemoProject project, List<SourceRecord> sources) {
    InstrumentFolders folders = project.folders();
    OptionalInt instrument = OptionalInt.of(project.instrument().number());
    return new Submission(
        Submission.VERSION,
        new IdempotencyKey("demo-" + steps + "-steps"),
        project.instrument().name() + " demonstration, " + steps + " steps",
        List.of(
            new JobRequest(
                "preprocess",
                instrument,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                preprocess(folders)),
            new JobRequest(
                "train",
                instrument,
                OptionalInt.empty(),
                List.of("preprocess"),
                OptionalInt.empty(),
                train(project, sources))),
        Optional.of(true));
  }

  private static PreprocessSpec preprocess(InstrumentFolders folders) {
    return new PreprocessSpec(
        List.of(
            new PreprocessSpec.Input(
                "musical", folders.musicalRaw().toString(), folders.musicalProcessed().toString()),
            new PreprocessSpec.Input(
                "nonmusical",
                folders.nonmusicalRaw().toString(),
                folders.nonmusicalProcessed().toString())),
        folders.trainingData().toString(),
        Optional.of(SAMPLING_RATE_HZ),
        Optional.of(1),
        Optional.of(SIGNAL_SAMPLES),
        Optional.empty(),
        Optional.empty());
  }

  private TrainSpec train(DemoProject project, List<SourceRecord> sources) {
    InstrumentFolders folders = project.folders();
    return TrainSpec.draft(
            folders.name(), "tiny", folders.trainingData().toString(), folders.model().toString())
        .samplingRateHz(SAMPLING_RATE_HZ)
        .maxSteps(steps)
        .phaseOneSteps(Math.max(1, steps * 3 / 5))
        .validateEvery(Math.max(1, steps / 10))
        .saveEvery((steps + CHECKPOINTS - 1) / CHECKPOINTS)
        .latestEvery(Math.max(1, steps / 20))
        .batch(BATCH)
        .signalSamples(SIGNAL_SAMPLES)
        .seed(0)
        .followUp(
            new AuditPlan(
                project.musicalReference().toString(),
                project.nonmusicalReference().toString(),
                folders.audits().toString(),
                OptionalDouble.of(AUDIT_SECONDS),
                OptionalLong.empty(),
                Optional.of(
                    new ExportPlan(folders.delivery().toString(), true, FIDELITY, sources))))
        .build();
  }
}
