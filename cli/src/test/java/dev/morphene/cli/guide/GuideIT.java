package dev.morphene.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.view.JobView;
import dev.morphene.protocol.view.MemoryView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every block of the guide from an empty folder to a delivered instrument; those of its reference
 * part are in {@link GuideReferenceLongIT}.
 */
class GuideIT extends GuideWalk {
  @Test
  void fromAnEmptyFolderToADeliveredInstrument() throws Exception {
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("1. Set Up Project Structure", Step.of(GuideIT::theTreesAreThere));
    steps.put("2. Track Source Collection", Step.of(GuideIT::pyroviolinIsReady));
    steps.put(
        "3. Preprocess Audio",
        new Step(
            (sitting, nothing) -> copy(SAMPLES, sitting.folder("sources/pyroviolin")),
            (sitting, printed) ->
                assertThat(sitting.folder("training_data/pyroviolin/metadata.yaml")).exists()));
    steps.put("4. Train Model", Step.of(GuideIT::bothTrainingsAreDone));
    steps.put("5. Audit Checkpoints", Step.of(GuideIT::theLastCheckpointIsAudited));
    steps.put(
        "6. Export Final Model",
        Step.of(
            (sitting, printed) ->
                assertThat(sitting.folder("models/pyroviolin/final/pyroviolin.ts"))
                    .isNotEmptyFile()));
    steps.put(
        "Training Configuration",
        Step.of((sitting, printed) -> hasCheckpoints(sitting.folder("models/recommended"))));
    steps.put(
        "Model Export",
        new Step(
            (sitting, nothing) ->
                copy(sitting.folder("models/recommended"), sitting.folder("path")),
            (sitting, printed) -> {
              try (Stream<Path> files = Files.walk(sitting.folder("path"))) {
                assertThat(files).anyMatch(file -> file.toString().endsWith(".ts"));
              }
            }));
    run("guide", blocks(false), steps);
  }

  private static void theTreesAreThere(GuideSitting sitting, String printed) {
    Path project = sitting.folder("path/to/project");
    InstrumentCatalogue.bundled().instruments().forEach(instrument -> hasTree(project, instrument));
    assertThat(project.resolve("models/INDEX.md")).content().contains("Pyroviolin", "Caférhodes");
  }

  private static void pyroviolinIsReady(GuideSitting sitting, String printed) throws IOException {
    assertThat(sitting.client().sources().readiness(PYROVIOLIN).isReady()).isTrue();
    assertThat(sitting.client().sources().list(OptionalInt.of(PYROVIOLIN)))
        .extracting(source -> source.source().origin())
        .containsExactly(SourceOrigin.LICENSED, SourceOrigin.RECORDED);
    assertThat(printed).contains("1.5").containsIgnoringCase("ready to train");
  }

  private static void bothTrainingsAreDone(GuideSitting sitting, String printed) throws Exception {
    hasCheckpoints(sitting.folder("models/pyroviolin"));
    MorpheneClient client = sitting.client();
    JobView job = ended(client, FIRST_JOB);
    assertThat(job.state()).isEqualTo(JobState.COMPLETED);
    assertThat(job.instrument().map(Instrument::number)).contains(PYROVIOLIN);
    MemoryView memory = client.queue().memoryStats(FIRST_JOB);
    assertThat(memory.peakGb()).isGreaterThanOrEqualTo(memory.averageGb());
  }

  private static void theLastCheckpointIsAudited(GuideSitting sitting, String printed)
      throws Exception {
    isAudit(sitting.folder("models/pyroviolin/audit/000060"));
  }
}
