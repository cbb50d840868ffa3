package dev.morphene.agent.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.ExportSpec;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.PreprocessSpec;
import dev.morphene.protocol.spec.TrainFeatures;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import dev.morphene.rave.process.AuditRequest;
import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.ExportRequest;
import dev.morphene.rave.process.HealthCondition;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import dev.morphene.rave.process.TrainingFeatures;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * From what the cluster calls a job to what the engine calls a request; every default is filled in
 * here.
 */
public final class SpecTranslation {
  private static final int SAMPLING_RATE_HZ = 48_000;
  private static final int SIGNAL_SAMPLES = 131_072;
  private static final double LOUDNESS_LUFS = -14;
  private static final double TRUE_PEAK_DECIBELS = -1;
  private static final double AUDIT_SECONDS = 30;

  private SpecTranslation() {}

  /**
   * @param provenance for an export's metadata; ignored for other kinds
   * @param device {@code cpu} or {@code cuda:N}
   * @param threads of libtorch
   */
  public static ChildRequest translate(
      JobSpec spec, JsonNode provenance, String device, int threads) {
    if (spec instanceof PreprocessSpec preprocess) {
      return new ChildRequest(JobKind.PREPROCESS, preprocess(preprocess));
    }
    if (spec instanceof TrainSpec train) {
      return new ChildRequest(JobKind.TRAIN, train(train, device, threads));
    }
    if (spec instanceof AuditSpec audit) {
      return new ChildRequest(JobKind.AUDIT, audit(audit, threads));
    }
    return new ChildRequest(JobKind.EXPORT, export((ExportSpec) spec, provenance, threads));
  }

  private static PreprocessRequest preprocess(PreprocessSpec spec) {
    return new PreprocessRequest(
        spec.inputs().stream()
            .map(
                input ->
                    new PreprocessRequest.Input(
                        input.sourceType(),
                        Path.of(input.rawFolder()),
                        Path.of(input.processedFolder())))
            .toList(),
        Path.of(spec.datasetFolder()),
        spec.samplingRateHz().orElse(SAMPLING_RATE_HZ),
        spec.channels().orElse(1),
        spec.signalSamples().orElse(SIGNAL_SAMPLES),
        LOUDNESS_LUFS,
        TRUE_PEAK_DECIBELS,
        spec.removeClicks().orElse(false),
        spec.removeNoise().orElse(false));
  }

  private static TrainRequest train(TrainSpec spec, String device, int threads) {
    return TrainRequest.draft(
            spec.name(), spec.config(), Path.of(spec.datasetFolder()), Path.of(spec.runFolder()))
        .samplingRateHz(spec.samplingRateHz().orElse(SAMPLING_RATE_HZ))
        .maxSteps(spec.maxSteps())
        .phaseOneSteps(spec.phaseOneSteps())
        .validateEvery(spec.validateEvery().orElse(10_000))
        .saveEvery(spec.saveEvery().orElse(TrainSpec.DEFAULT_SAVE_EVERY_STEPS))
        .latestEvery(spec.latestEvery().orElse(1_000))
        .batch(spec.batch().orElse(8))
        .signalSamples(spec.signalSamples().orElse(SIGNAL_SAMPLES))
        .seed(spec.seed().orElse(0))
        .device(device)
        .threads(threads)
        .featureMatchingTwice(spec.featureMatchingTwice().orElse(false))
        .trainer(spec.trainer().map(SpecTranslation::trainer))
        .features(spec.features().map(SpecTranslation::features))
        .rehearse(spec.rehearses())
        .build();
  }

  /** What the engine calls a training's features. */
  public static TrainingFeatures features(TrainFeatures features) {
    return new TrainingFeatures(
        features.randomPitch().map(range -> new PitchRange(range.lowest(), range.highest())),
        features.normalize().orElse(false),
        features.derivative().orElse(false),
        features.augmentations().stream()
            .map(augmentation -> Augmentation.valueOf(augmentation.name()))
            .toList(),
        features.emaFactor(),
        features.precision().map(word -> Precision.valueOf(word.name())).orElse(Precision.FP32),
        features.stopOn().stream()
            .map(condition -> HealthCondition.valueOf(condition.name()))
            .toList());
  }

  private static TrainerKind trainer(Trainer trainer) {
    return switch (trainer) {
      case NATIVE -> TrainerKind.NATIVE;
      case RAVE -> TrainerKind.RAVE;
    };
  }

  private static AuditRequest audit(AuditSpec spec, int threads) {
    return new AuditRequest(
        Path.of(spec.checkpoint()),
        Path.of(spec.musicalReference()),
        Path.of(spec.nonmusicalReference()),
        Path.of(spec.outputFolder()),
        spec.durationSeconds().orElse(AUDIT_SECONDS),
        threads,
        spec.emaWeights());
  }

  private static ExportRequest export(ExportSpec spec, JsonNode provenance, int threads) {
    ObjectNode complete = ProtocolJson.mapper().createObjectNode();
    if (provenance instanceof ObjectNode object) {
      complete.setAll(object);
    }
    complete.set("sources", ProtocolJson.tree(spec.sources()));
    return new ExportRequest(
        spec.name(),
        spec.candidates().stream()
            .map(
                candidate ->
                    new ExportRequest.Candidate(
                        candidate.step(),
                        Path.of(candidate.checkpoint()),
                        Path.of(candidate.auditFolder())))
            .toList(),
        Path.of(spec.outputFolder()),
        spec.streaming(),
        spec.fidelity(),
        Path.of(spec.musicalReference()),
        Path.of(spec.nonmusicalReference()),
        complete,
        threads,
        OptionalInt.empty(),
        OptionalInt.empty(),
        spec.emaWeights(),
        Optional.empty());
  }
}
