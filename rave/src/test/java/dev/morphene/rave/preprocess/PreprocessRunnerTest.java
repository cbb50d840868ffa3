package dev.morphene.rave.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.audio.RecordedJob;
import dev.morphene.rave.audio.Samples;
import dev.morphene.rave.audio.WavWriter;
import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.PreprocessRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessRunnerTest {
  private static final int SIGNAL = 16_384;

  @TempDir Path folder;
  private final RecordedJob job = new RecordedJob();
  private Path musicalRaw;
  private Path nonmusicalRaw;
  private Path musicalProcessed;

  @BeforeEach
  void makeFolders() throws IOException {
    musicalRaw = Files.createDirectories(folder.resolve("sources/pyroviolin/musical/raw"));
    nonmusicalRaw = Files.createDirectories(folder.resolve("sources/pyroviolin/nonmusical/raw"));
    musicalProcessed = musicalRaw.resolveSibling("processed");
  }

  private void useSamples() throws IOException {
    copy(Samples.musical("violin_pizzicato.flac"), musicalRaw);
    for (String fire : List.of("fire_fire.1.ogg", "fire_fire.2.ogg", "fire_small.ogg")) {
      copy(Samples.nonmusical(fire), nonmusicalRaw);
    }
  }

  private static void copy(Path file, Path target) throws IOException {
    Files.copy(file, target.resolve(file.getFileName()));
  }

  private PreprocessRequest request() {
    return new PreprocessRequest(
        List.of(
            new PreprocessRequest.Input("musical", musicalRaw, musicalProcessed),
            new PreprocessRequest.Input(
                "nonmusical", nonmusicalRaw, nonmusicalRaw.resolveSibling("processed"))),
        folder.resolve("training_data/pyroviolin"),
        48_000,
        1,
        SIGNAL,
        -14,
        -1,
        false,
        false);
  }

  private JsonNode run() throws Exception {
    return new PreprocessRunner().run(request(), job, job);
  }

  private void assertBadInput(String words) {
    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining(words);
    assertThat(folder.resolve("training_data/pyroviolin")).doesNotExist();
  }

  @Test
  void makesADatasetOfRealRecordings() throws Exception {
    useSamples();
    JsonNode result = run();

    JsonNode musical = result.get("sources").get(0);
    JsonNode nonmusical = result.get("sources").get(1);
    assertThat(musical.get("seconds").asDouble()).isBetween(20.0, 29.0);
    assertThat(nonmusical.get("seconds").asDouble()).isCloseTo(15, within(0.3));
    // 15 s of fire in files of 4.2 to 6.5 s are 21 whole chunks of 0.68 s only when joined.
    assertThat(nonmusical.get("chunks").asInt())
        .isEqualTo((int) (nonmusical.get("seconds").asDouble() * 48_000 / (2 * SIGNAL)));
    for (JsonNode source : result.get("sources")) {
      for (JsonNode file : source.get("files")) {
        assertThat(file.get("after").get("integratedLufs").asDouble()).isCloseTo(-14, within(0.5));
        assertThat(file.get("before").get("integratedLufs").asDouble()).isLessThan(-14);
      }
    }
    try (TrainingDataset dataset =
        TrainingDataset.open(folder.resolve("training_data/pyroviolin"))) {
      assertThat(dataset.size()).isEqualTo(result.get("chunks").asInt());
      assertThat(dataset.size())
          .isEqualTo(musical.get("chunks").asInt() + nonmusical.get("chunks").asInt());
      assertThat(dataset.chunkSamples()).isEqualTo(2 * SIGNAL);
      assertThat(Samples.rms(dataset.read(0), 0, 2 * SIGNAL)).isGreaterThan(0.01);
    }
    assertThat(job.warnings).isEmpty();
    assertThat(job.stages).contains("reading violin_pizzicato.flac", "reading fire_small.ogg");
    assertThat(job.lastStep).isEqualTo(job.totalSteps).isEqualTo(5);
  }

  @Test
  void doesNothingTwice() throws Exception {
    useSamples();
    run();
    FileTime written =
        Files.getLastModifiedTime(musicalProcessed.resolve("violin_pizzicato_001.wav"));
    byte[] data = Files.readAllBytes(folder.resolve("training_data/pyroviolin/data.mdb"));
    JsonNode again = run();

    assertThat(Files.getLastModifiedTime(musicalProcessed.resolve("violin_pizzicato_001.wav")))
        .isEqualTo(written);
    assertThat(again.at("/sources/0/files/0/reused").asBoolean()).isTrue();
    assertThat(Files.readAllBytes(folder.resolve("training_data/pyroviolin/data.mdb")))
        .isEqualTo(data);
  }

  @Test
  void followsWhatHappensToTheRecordings() throws Exception {
    useSamples();
    copy(Samples.nonmusical("fire_large.ogg"), musicalRaw);
    Path notes = Files.createDirectories(musicalProcessed).resolve("mine.wav");
    WavWriter.writeMono(notes, 48_000, 16, Samples.sine(440, 0.5, 1, 48_000));
    run();
    assertThat(musicalProcessed.resolve("fire_large_001.wav")).exists();
    assertThat(job.warnings).hasSize(1).first().asString().contains("mine.wav", "is not used");

    Files.delete(musicalRaw.resolve("fire_large.ogg"));
    Files.delete(musicalProcessed.resolve("violin_pizzicato_001.wav"));
    JsonNode result = run();
    assertThat(musicalProcessed.resolve("fire_large_001.wav")).doesNotExist();
    assertThat(musicalProcessed.resolve("violin_pizzicato_001.wav")).exists();
    assertThat(notes).exists();
    assertThat(result.at("/sources/0/files/0/reused").asBoolean()).isFalse();
  }

  @Test
  void leavesOutWhatCannotServeAndSaysWhy() throws Exception {
    useSamples();
    Files.writeString(musicalRaw.resolve("notes.wav"), "bowing: spiccato\n".repeat(100));
    Files.createFile(musicalRaw.resolve("empty.flac"));
    Files.createFile(musicalRaw.resolve(".DS_Store"));
    Path deep = Files.createDirectories(musicalRaw.resolve("take 2/left mic"));
    WavWriter.writeMono(deep.resolve("silent take.wav"), 48_000, 16, new float[48_000]);
    WavWriter.writeMono(
        deep.resolve("good take.wav"), 48_000, 16, Samples.sine(300, 0.2, 2, 48_000));
    WavWriter.writeMono(
        deep.resolve("good take.WAV"), 48_000, 16, Samples.sine(500, 0.2, 2, 48_000));
    JsonNode result = run();

    JsonNode musical = result.get("sources").get(0);
    assertThat(musical.get("leftOut")).hasSize(3);
    assertThat(musical.get("leftOut").findValuesAsText("file"))
        .containsExactly("empty.flac", "notes.wav", "take 2/left mic/silent take.wav");
    assertThat(job.warnings).hasSize(3);
    assertThat(job.warnings.get(0)).contains("empty.flac is empty (0 bytes).");
    assertThat(job.warnings.get(1)).contains("notes.wav is no audio file");
    assertThat(job.warnings.get(2)).contains("silent take.wav is silent");
    try (Stream<Path> files = Files.list(musicalProcessed)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              ".processed.json",
              "violin_pizzicato_001.wav",
              "take_2_left_mic_good_take_001.wav",
              "take_2_left_mic_good_take-2_001.wav");
    }
  }

  @Test
  void refusesARequestThatCannotGiveADataset() throws Exception {
    copy(Samples.musical("violin_pizzicato.flac"), musicalRaw);
    assertBadInput("which is empty; put the nonmusical recordings there");

    Files.writeString(nonmusicalRaw.resolve("readme.txt"), "to come");
    assertBadInput("No usable recording is in");

    WavWriter.writeMono(
        nonmusicalRaw.resolve("short.wav"), 48_000, 16, Samples.sine(90, 0.3, 0.6, 48_000));
    assertBadInput("but a chunk has 0.7; add recordings");

    Files.move(nonmusicalRaw, folder.resolve("elsewhere"));
    assertBadInput("There is no folder");
  }

  @Test
  void stopsWhenToldSo() throws Exception {
    useSamples();
    job.stop = true;
    assertThatThrownBy(this::run).isInstanceOf(JobStopped.class);
    assertThat(folder.resolve("training_data")).doesNotExist();
    job.stop = false;
    run();
  }
}
