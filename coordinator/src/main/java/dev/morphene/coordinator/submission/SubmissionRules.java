package dev.morphene.coordinator.submission;

import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.spec.ModelConfigs;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a submission must keep to beyond its shape. */
final class SubmissionRules {
  /** Which of these the official trainer has, it knows itself. */
  private static final Pattern OFFICIAL_CONFIG =
      Pattern.compile("[A-Za-z0-9_]+(\\.gin)?(,[A-Za-z0-9_]+(\\.gin)?)*");

  private final InstrumentCatalogue catalogue;

  SubmissionRules(InstrumentCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** One sentence with the fix, or empty when there is nothing to say against it. */
  Optional<String> objection(Submission submission) {
    return submission.jobs().stream().flatMap(job -> objection(job).stream()).findFirst();
  }

  /** As above, for one job. */
  Optional<String> objection(JobRequest job) {
    if (job.spec() instanceof TrainSpec train) {
      Optional<String> objection = objection(job.name(), train);
      if (objection.isPresent()) {
        return objection;
      }
    }
    if (job.instrument().isPresent() && catalogue.byNumber(job.instrument().getAsInt()).isEmpty()) {
      return Optional.of(
          "Job \""
              + job.name()
              + "\" names instrument "
              + job.instrument().getAsInt()
              + ", which the catalogue does not have; it has "
              + catalogue.instruments().get(0).number()
              + " to "
              + catalogue.instruments().get(catalogue.instruments().size() - 1).number()
              + ".");
    }
    return Optional.empty();
  }

  private static Optional<String> objection(String job, TrainSpec train) {
    boolean official = train.trainer().equals(Optional.of(Trainer.RAVE));
    if (official && !OFFICIAL_CONFIG.matcher(train.config()).matches()) {
      return Optional.of(
          "Job \""
              + job
              + "\" asks for the config \""
              + train.config()
              + "\"; the official trainer's are names such as v2 or v3, several divided by"
              + " commas.");
    }
    if (!official && !ModelConfigs.areKnown(train.config())) {
      return Optional.of(
          "Job \""
              + job
              + "\" asks for the unknown config \""
              + train.config()
              + "\"; known are "
              + String.join(", ", ModelConfigs.BASES)
              + ", and with commas after one of them "
              + String.join(", ", ModelConfigs.OVERLAYS)
              + ".");
    }
    if (train.followUp().isPresent() && !ModelConfigs.areKnown(train.config())) {
      return Optional.of(
          "Job \""
              + job
              + "\" asks for audits of the config \""
              + train.config()
              + "\", which only the official program can play; leave out its followUp.");
    }
    return Optional.empty();
  }
}
