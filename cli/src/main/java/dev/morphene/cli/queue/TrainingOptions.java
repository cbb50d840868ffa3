package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.engine.FeatureOptions;
import dev.morphene.cli.engine.Practice;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a training is asked to be; the same for one instrument and for a tier. */
final class TrainingOptions {
  private static final String ANY_GPU = "auto";
  private static final long DEFAULT_VALIDATE_EVERY = 10_000;

  @Option(
      names = "--config",
      paramLabel = "NAME",
      description = "Model configuration: v2 or v2_small, and v3 with --trainer rave; default v2.")
  private String config = "v2";

  @Option(names = "--max-steps", paramLabel = "N", description = "Training steps; default 3000000.")
  private long maxSteps = 3_000_000;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Examples in a step; default 8. Out of memory: 4.")
  private int batchSize = TrainSpec.DEFAULT_BATCH;

  @Option(names = "--priority", paramLabel = "P", description = "Higher goes first; default 0.")
  private int priority;

  @Option(
      names = "--gpu",
      paramLabel = "GPU",
      description = "auto: the GPU with the best room for it; no other is possible. Default auto.")
  private String gpu = ANY_GPU;

  @Option(
      names = "--trainer",
      paramLabel = "NAME",
      description =
          "native: the trainer of this program; rave: the official one, where a node has it."
              + " Default native.")
  private Trainer trainer = Trainer.NATIVE;

  @Option(
      names = "--allow-incomplete",
      description = "Train also with less source material than the guide asks for.")
  private boolean allowIncomplete;

  @Option(
      names = "--follow-up",
      description =
          "Queue audits and the export after the training, with the reference clips of morphene"
              + " sources add-ref.")
  private boolean followUp;

  @Option(
      names = {"--ema-weights", "--ema_weights"},
      description = "Let the follow-ups hear and export the moving average that --ema keeps.")
  private boolean averaged;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "The same key again adds nothing and shows what it added before; default: a new one.")
  private String key;

  @Option(
      names = "--rehearse",
      description =
          "Where the memory of such a training was never measured, rehearse it first: 60 steps of"
              + " each phase, which the training waits for and is placed by.")
  private boolean rehearse;

  @Mixin private final FeatureOptions features = new FeatureOptions();

  boolean wantsFollowUp() {
    return followUp;
  }

  boolean hearsAverage() {
    return averaged;
  }

  boolean allowsIncomplete() {
    return allowIncomplete;
  }

  /** What a job of these options became: {@code v2, 3,000,000 steps, batch 8}. */
  static String summary(JobRequest job) {
    TrainSpec spec = (TrainSpec) job.spec();
    return String.format(
        Locale.ROOT,
        "%s, %,d steps, batch %d",
        spec.config(),
        spec.maxSteps(),
        spec.batch().orElse(TrainSpec.DEFAULT_BATCH));
  }

  /** Tells what is off before anything is asked of a coordinator. */
  void check() {
    atLeastOne("--max-steps", maxSteps);
    atLeastOne("--batch-size", batchSize);
    if (!gpu.equalsIgnoreCase(ANY_GPU)) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "A job cannot be pinned to GPU "
              + gpu
              + ", since the dispatcher places jobs by memory; leave --gpu at auto.");
    }
    if (trainer == Trainer.RAVE && Practice.isOn()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "A practice run has the model tiny, which the official trainer does not know; leave"
              + " --trainer at native or unset "
              + Practice.VARIABLE
              + ".");
    }
    features.isFeatureMatchingTwice();
    boolean keepsAverage =
        features.features().map(asked -> asked.emaFactor().isPresent()).orElse(false);
    if (averaged && !(followUp && keepsAverage)) {
      throw new CommandFailure(ExitCode.USAGE, "--ema-weights goes with --follow-up and --ema.");
    }
    submissionKey();
  }

  private static void atLeastOne(String option, long value) {
    if (value < 1) {
      throw new CommandFailure(ExitCode.USAGE, option + " is 1 or more, not " + value + ".");
    }
  }

  Submission submission(String batchName, List<JobRequest> jobs) {
    return new Submission(
        Submission.VERSION,
        submissionKey(),
        batchName,
        jobs,
        allowIncomplete ? Optional.of(true) : Optional.empty(),
        rehearse ? Optional.of(true) : Optional.empty());
  }

  private IdempotencyKey submissionKey() {
    try {
      return new IdempotencyKey(key == null ? UUID.randomUUID().toString() : key);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
  }

  /** One training, named after its instrument. */
  JobRequest job(
      Instrument instrument, Path dataset, Path runFolder, Optional<AuditPlan> afterwards) {
    Practice.Numbers numbers = numbers();
    return new JobRequest(
        instrument.folderName(),
        OptionalInt.of(instrument.number()),
        OptionalInt.of(priority),
        List.of(),
        OptionalInt.empty(),
        TrainSpec.draft(
                instrument.folderName(), numbers.config(), absolute(dataset), absolute(runFolder))
            .maxSteps(numbers.maxSteps())
            .phaseOneSteps(numbers.phaseOneSteps())
            .validateEvery(numbers.validateEvery())
            .saveEvery(numbers.saveEvery())
            .batch(numbers.batch())
            .signalSamples(numbers.signalSamples())
            .featureMatchingTwice(features.isFeatureMatchingTwice())
            .followUp(afterwards)
            .trainer(trainer)
            .features(features.features())
            .build());
  }

  /** As asked for, or those of a practice run. */
  private Practice.Numbers numbers() {
    return Practice.isOn() ? Practice.apply(asked()) : asked();
  }

  private Practice.Numbers asked() {
    return new Practice.Numbers(
        config,
        maxSteps,
        OptionalLong.empty(),
        DEFAULT_VALIDATE_EVERY,
        TrainSpec.DEFAULT_SAVE_EVERY_STEPS,
        batchSize,
        TrainSpec.DEFAULT_SIGNAL_SAMPLES);
  }

  /** Says once that this is practice, and what that changes. */
  void tellPractice(PrintStream err) {
    if (Practice.isOn()) {
      Practice.notice(asked()).ifPresent(err::println);
    }
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
