package dev.morphene.coordinator.submission;

import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.List;
import java.util.Optional;

/** What a submission must keep to beyond its shape. */
final class SubmissionRules {
  /** Model configurations that the trainer has. */
  private static final List<String> CONFIGS = List.of("v2", "v2_small", "tiny");

  private final InstrumentCatalogue catalogue;

  SubmissionRules(InstrumentCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** One sentence with the fix, or empty when there is nothing to say against it. */
  Optional<String> objection(Submission submission) {
    return submission.jobs().stream().flatMap(job -> objection(job).stream()).findFirst();
  }

  private Optional<String> objection(JobRequest job) {
    if (job.spec() instanceof TrainSpec train && !CONFIGS.contains(train.config())) {
      return Optional.of(
          "Job \""
              + job.name()
              + "\" asks for the unknown config \""
              + train.config()
              + "\"; known are "
              + String.join(", ", CONFIGS)
              + ".");
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
}
