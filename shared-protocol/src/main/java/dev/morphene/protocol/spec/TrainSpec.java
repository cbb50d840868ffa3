package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.GuideMemory;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A dataset to checkpoints.
 *
 * @param name folder name of the instrument
 * @param config name of a model configuration, {@code v2} for instance
 * @param datasetFolder written by a preprocess job
 * @param runFolder receives {@code checkpoints/}
 * @param samplingRateHz default 48,000
 * @param maxSteps 1 or more; the guide's default is 3,000,000
 * @param phaseOneSteps default: the config's
 * @param validateEvery steps; default 10,000
 * @param saveEvery steps between checkpoints kept for good; default 50,000
 * @param latestEvery steps between rolling checkpoints; default 1,000
 * @param batch 1 or more; default 8
 * @param signalSamples training crop, samples; default 131,072
 * @param seed default 0
 * @param featureMatchingTwice default false
 * @param followUp what to queue when training is complete
 */
@JsonTypeName("train")
public record TrainSpec(
    String name,
    String config,
    String datasetFolder,
    String runFolder,
    OptionalInt samplingRateHz,
    long maxSteps,
    OptionalLong phaseOneSteps,
    OptionalLong validateEvery,
    OptionalLong saveEvery,
    OptionalLong latestEvery,
    OptionalInt batch,
    OptionalInt signalSamples,
    OptionalLong seed,
    Optional<Boolean> featureMatchingTwice,
    Optional<AuditPlan> followUp)
    implements JobSpec {
  /** The guide's default of {@code saveEvery}. */
  public static final long DEFAULT_SAVE_EVERY_STEPS = 50_000;

  public TrainSpec {
    Required.text(name, "name");
    Required.text(config, "config");
    AbsolutePath.check(datasetFolder, "datasetFolder");
    AbsolutePath.check(runFolder, "runFolder");
    Required.atLeast(1, maxSteps, "maxSteps");
    phaseOneSteps.ifPresent(value -> Required.atLeast(0, value, "phaseOneSteps"));
    validateEvery.ifPresent(value -> Required.atLeast(1, value, "validateEvery"));
    saveEvery.ifPresent(value -> Required.atLeast(1, value, "saveEvery"));
    latestEvery.ifPresent(value -> Required.atLeast(1, value, "latestEvery"));
    batch.ifPresent(value -> Required.atLeast(1, value, "batch"));
    signalSamples.ifPresent(value -> Required.atLeast(1, value, "signalSamples"));
  }

  @Override
  public JobKind kind() {
    return JobKind.TRAIN;
  }

  @Override
  public ByteSize expectedMemory() {
    return GuideMemory.of(config);
  }
}
