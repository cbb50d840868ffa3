package dev.morphene.coordinator;

import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.ExportPlan;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** Requests as operators would write them. */
final class Specs {
  private Specs() {}

  static TrainSpec train(String config, Optional<AuditPlan> followUp) {
    return train(config, "/data/models/traffijuno", OptionalInt.empty(), false, followUp);
  }

  /** A v2 whose sampling rate makes it a recipe of its own. */
  static TrainSpec train(String runFolder, int samplingRateHz, boolean allowSmallerConfig) {
    return train(
        "v2", runFolder, OptionalInt.of(samplingRateHz), allowSmallerConfig, Optional.empty());
  }

  private static TrainSpec train(
      String config,
      String runFolder,
      OptionalInt samplingRateHz,
      boolean allowSmallerConfig,
      Optional<AuditPlan> followUp) {
    return TrainSpec.draft("traffijuno", config, "/data/training_data/traffijuno", runFolder)
        .samplingRateHz(samplingRateHz)
        .maxSteps(1_000)
        .allowSmallerConfig(allowSmallerConfig)
        .followUp(followUp)
        .build();
  }

  static AuditPlan auditAndExport(OptionalLong everySteps) {
    return new AuditPlan(
        "/data/musical.wav",
        "/data/nonmusical.wav",
        "/data/models/traffijuno/audit",
        OptionalDouble.of(5),
        everySteps,
        Optional.of(new ExportPlan("/data/models/traffijuno/final", true, 0.95, List.of())));
  }

  static AuditSpec audit() {
    return new AuditSpec(
        "/data/c.ckpt", 10, "/data/m.wav", "/data/n.wav", "/data/out", OptionalDouble.empty());
  }

  static JobRequest request(String name, JobSpec spec, String... needs) {
    return new JobRequest(
        name, OptionalInt.of(1), OptionalInt.empty(), List.of(needs), OptionalInt.of(1), spec);
  }

  static Submission submission(JobRequest... jobs) {
    return submission(UUID.randomUUID().toString(), jobs);
  }

  static Submission submission(String key, JobRequest... jobs) {
    return new Submission(1, new IdempotencyKey(key), "tier one", List.of(jobs), Optional.of(true));
  }
}
