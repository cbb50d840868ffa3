package dev.morphene.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.Tier;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.view.JobView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Every block of the guide's reference part, a sitting of its own since it speaks of job 1. */
class GuideReferenceLongIT extends GuideWalk {
  @Test
  void everyCommandOfTheReference() throws Exception {
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("morphene instruments", Step.of(GuideReferenceLongIT::allFiftyAreListed));
    steps.put(
        "morphene sources",
        Step.of(
            (sitting, printed) ->
                assertThat(printed).contains("Name", "0.00 of 1.5 h", "Not ready to train")));
    steps.put(
        "morphene queue",
        new Step(
            (sitting, nothing) -> {
              collectForTheTier(sitting.client());
              // Nothing is to run before the guide says "Start scheduler".
              sitting.client().queue().pause();
              sitting.run("dataset", datasetAt("/data"));
              for (Instrument instrument : flagships()) {
                copy(
                    sitting.folder("data"),
                    sitting.folder("data").resolve(instrument.folderName()));
              }
            },
            GuideReferenceLongIT::theTierIsQueued));
    steps.put(
        "morphene audit",
        new Step(
            (sitting, nothing) -> {
              Path run = sitting.folder("path/to/run");
              copy(sitting.folder("models/checkpoints"), run.resolve("checkpoints"));
              Files.copy(lastCheckpoint(run), sitting.folder("path/to/checkpoint.ckpt"));
              Files.createDirectories(sitting.folder("ref"));
              Files.copy(
                  SAMPLES.resolve("reference_clips/violin_ref.wav"),
                  sitting.folder("ref/musical.wav"));
              Files.copy(
                  SAMPLES.resolve("reference_clips/fire_ref.wav"),
                  sitting.folder("ref/nonmusical.wav"));
            },
            (sitting, printed) -> {
              isAudit(sitting.folder("audit/output"));
              isAudit(sitting.folder("models/pyroviolin/audit/000060"));
            }));
    steps.put(
        "morphene setup",
        Step.of(
            (sitting, printed) -> {
              for (Instrument instrument : InstrumentCatalogue.bundled().instruments()) {
                hasTree(sitting.folder("path"), instrument);
              }
            }));
    run("reference", blocks(true), steps);
  }

  private static void allFiftyAreListed(GuideSitting sitting, String printed) {
    for (Instrument instrument : InstrumentCatalogue.bundled().instruments()) {
      assertThat(printed).contains(instrument.name());
    }
    assertThat(printed).contains("Violin", "Crackling fire");
  }

  private static List<Instrument> flagships() {
    return InstrumentCatalogue.bundled().ofTier(Tier.FLAGSHIP);
  }

  private static void collectForTheTier(MorpheneClient client) {
    for (Instrument instrument : flagships()) {
      for (SourceType type : SourceType.values()) {
        client
            .sources()
            .add(
                new SourceDraft(
                    instrument.number(),
                    type,
                    "a session",
                    SourceOrigin.RECORDED,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalDouble.of(5_400),
                    OptionalInt.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty()));
      }
    }
  }

  private static String datasetAt(String folder) throws IOException {
    return "morphene preprocess --input_path '"
        + SAMPLES.resolve("musical").toRealPath()
        + "' --input_path '"
        + SAMPLES.resolve("nonmusical").toRealPath()
        + "' --output_path "
        + folder;
  }

  /** One for Pyroviolin, one for each of the tier; the first was cancelled and asked for again. */
  private static void theTierIsQueued(GuideSitting sitting, String printed) throws Exception {
    MorpheneClient client = sitting.client();
    List<JobView> jobs = client.queue().jobs(Optional.empty());
    List<Integer> expected = new ArrayList<>();
    expected.add(PYROVIOLIN);
    flagships().forEach(instrument -> expected.add(instrument.number()));
    assertThat(jobs)
        .extracting(job -> job.instrument().orElseThrow().number())
        .containsExactlyElementsOf(expected);
    assertThat(client.queue().job(FIRST_JOB).cancelRequested()).isFalse();
    client.batches().list().stream()
        .filter(batch -> !batch.batch().equals(jobs.get(0).batch()))
        .forEach(batch -> client.batches().cancel(batch.batch()));
    assertThat(ended(client, FIRST_JOB).state()).isEqualTo(JobState.COMPLETED);
    for (JobView job : jobs.subList(1, jobs.size())) {
      assertThat(ended(client, job.id()).state()).isIn(JobState.CANCELLED, JobState.COMPLETED);
    }
  }
}
