package dev.morphene.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.view.JobView;
import dev.morphene.rave.audio.WavReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Blocks of docs/pipeline-guide.md, typed as they are written there, on a local cluster and real
 * recordings, and what each has to have done. Trainings are practice runs (docs/practice.md).
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
abstract class GuideWalk {
  static final Path GUIDE = Path.of("..", "docs", "pipeline-guide.md");
  static final Path SAMPLES = Path.of("..", "samples", "pyroviolin");
  static final String FIRST_OF_THE_REFERENCE = "morphene instruments";
  static final int PYROVIOLIN = 10;
  static final JobId FIRST_JOB = new JobId(1);

  @TempDir Path folder;

  @FunctionalInterface
  interface Check {
    void check(GuideSitting sitting, String printed) throws Exception;
  }

  /** What goes before a block because the guide takes it for granted, and what comes of it. */
  record Step(Check before, Check after) {
    static Step of(Check after) {
      return new Step((sitting, nothing) -> {}, after);
    }
  }

  static List<GuideBlock> blocks(boolean reference) throws IOException {
    List<GuideBlock> blocks = GuideBlock.of(GUIDE);
    int first = blocks.stream().map(GuideBlock::heading).toList().indexOf(FIRST_OF_THE_REFERENCE);
    assertThat(first).isPositive();
    return reference ? blocks.subList(first, blocks.size()) : blocks.subList(0, first);
  }

  void run(String name, List<GuideBlock> blocks, Map<String, Step> steps) throws Exception {
    assertThat(blocks).extracting(GuideBlock::heading).containsExactlyElementsOf(steps.keySet());
    try (GuideSitting sitting = new GuideSitting(folder.resolve(name))) {
      for (GuideBlock block : blocks) {
        Step step = steps.get(block.heading());
        step.before().check(sitting, "");
        step.after().check(sitting, sitting.run(filledIn(block)));
      }
    }
  }

  /** The guide leaves three places open. */
  static GuideBlock filledIn(GuideBlock block) {
    return new GuideBlock(
        block.heading(),
        block
            .commands()
            .replace("{instrument_name}", "recommended")
            .replace("{dataset_path}", "/training_data/pyroviolin")
            .replace("{output_path}", "/models/recommended"));
  }

  static void hasTree(Path project, Instrument instrument) {
    String name = instrument.folderName();
    for (String path :
        List.of(
            "sources/" + name + "/musical/raw",
            "sources/" + name + "/musical/processed",
            "sources/" + name + "/nonmusical/raw",
            "sources/" + name + "/nonmusical/processed",
            "sources/" + name + "/reference_clips",
            "training_data/" + name,
            "models/" + name + "/checkpoints",
            "models/" + name + "/audit",
            "models/" + name + "/final")) {
      assertThat(project.resolve(path)).isDirectory();
    }
    assertThat(project.resolve("models/" + name + "/README.md"))
        .content()
        .contains(instrument.name());
  }

  static JobView ended(MorpheneClient client, JobId job) throws InterruptedException {
    while (true) {
      JobView view = client.queue().job(job);
      if (view.state().isEnd()) {
        return view;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  static void isAudit(Path audit) throws Exception {
    for (String sound :
        List.of(
            "musical_recon",
            "nonmusical_recon",
            "morph_00",
            "morph_25",
            "morph_50",
            "morph_75",
            "morph_100")) {
      try (WavReader wav = WavReader.open(audit.resolve(sound + ".wav"))) {
        assertThat(wav.format().samplingRateHz()).isEqualTo(48_000);
        assertThat(wav.samples()).isBetween(29L * 48_000, 31L * 48_000);
      }
    }
  }

  static void hasCheckpoints(Path run) throws IOException {
    assertThat(lastCheckpoint(run)).isNotEmptyFile();
  }

  static Path lastCheckpoint(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files
          .filter(file -> file.toString().endsWith(".ckpt"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.startsWith(to)) {
          Files.copy(file, target);
        }
      }
    }
    if (Files.isDirectory(to.resolve("musical/raw"))) {
      copy(to.resolve("musical/raw"), to.resolve("musical/processed"));
      copy(to.resolve("nonmusical/raw"), to.resolve("nonmusical/processed"));
    }
  }
}
