package dev.morphene.rave.process;

import dev.morphene.rave.audit.AuditRunner;
import dev.morphene.rave.delivery.ExportRunner;
import dev.morphene.rave.preprocess.PreprocessRunner;
import dev.morphene.rave.training.TrainRunner;

/** The jobs of this build. */
final class RaveJobs {
  private RaveJobs() {}

  static JobRegistry registry() {
    return new JobRegistry()
        .register(JobKind.PREPROCESS, PreprocessRequest.class, PreprocessRunner::new)
        .register(JobKind.TRAIN, TrainRequest.class, TrainRunner::new)
        .register(JobKind.AUDIT, AuditRequest.class, AuditRunner::new)
        .register(JobKind.EXPORT, ExportRequest.class, ExportRunner::new);
  }
}
