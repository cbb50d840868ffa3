package dev.morphene.rave.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.morphene.rave.audio.LoudnessTarget;
import dev.morphene.rave.audio.Restoration;
import dev.morphene.rave.audio.SampleFormat;
import dev.morphene.rave.audio.Samples;
import dev.morphene.rave.audio.SourceProcessor;
import dev.morphene.rave.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionCheckTest {
  private static final int RATE_HZ = 48_000;

  @TempDir Path folder;

  private final List<Path> read = new ArrayList<>();

  private CollectionReport check(RecordedSource... sources) throws IOException {
    return CollectionCheck.of(List.of(sources), read::add);
  }

  private static RecordedSource source(long id, Path... files) {
    return new RecordedSource(OptionalLong.of(id), OptionalDouble.empty(), List.of(files));
  }

  private Path wav(String name, int rateHz, float[]... channels) throws IOException {
    Path file = folder.resolve(name);
    try (WavWriter writer = WavWriter.create(file, new SampleFormat(rateHz, channels.length), 24)) {
      writer.write(channels);
      writer.finish();
    }
    return file;
  }

  @Test
  void whatPreprocessMadeIsWell() throws Exception {
    new SourceProcessor(
            new SampleFormat(RATE_HZ, 1), LoudnessTarget.GUIDE, Restoration.NONE, () -> {})
        .process(Samples.musical("violin_pizzicato.flac"), folder, "pizzicato");
    CollectionReport report = check(source(1, folder.resolve("pizzicato_001.wav")));
    assertThat(report.problems()).isEmpty();
    assertThat(report.files()).hasSize(1);
  }

  @Test
  void rawRecordingsAreNamedWithWhatIsOffAndWhatToDo() throws Exception {
    Path pizzicato = Samples.musical("violin_pizzicato.flac");
    CollectionReport report = check(source(2, pizzicato));
    assertThat(report.problems())
        .extracting(Problem::kind)
        .contains(ProblemKind.CHANNELS, ProblemKind.SAMPLING_RATE);
    assertThat(report.problems().get(0).sentence())
        .isEqualTo("source 2: " + pizzicato + " is stereo, not mono; preprocess makes it mono.");
  }

  @Test
  void eachFaultIsFoundInTheFileThatHasIt() throws Exception {
    // A sine of amplitude 0.28 has -14 LUFS.
    Path well = wav("well.wav", RATE_HZ, Samples.sine(997, 0.28, 3, RATE_HZ));
    Path quiet = wav("quiet.wav", RATE_HZ, Samples.sine(997, 0.05, 3, RATE_HZ));
    Path gaps =
        wav(
            "gaps.wav",
            RATE_HZ,
            Samples.join(Samples.sine(500, 0.28, 3, RATE_HZ), new float[3 * RATE_HZ]));
    float[] loud = Samples.sine(997, 0.28, 3, RATE_HZ);
    Arrays.fill(loud, 48_000, 48_010, 1);
    Path clipped = wav("clipped.wav", RATE_HZ, loud);
    Path silent = wav("silent.wav", RATE_HZ, new float[RATE_HZ]);
    Path slow = wav("slow.wav", 22_050, Samples.sine(997, 0.28, 3, 22_050));
    Path text = Files.writeString(folder.resolve("text.wav"), "no sound");
    Path gone = folder.resolve("gone.wav");

    CollectionReport report =
        check(source(3, well, quiet, gaps, clipped, silent, slow, text, folder, gone));

    assertThat(report.problems())
        .extracting(problem -> problem.file().orElseThrow(), Problem::kind)
        .containsExactly(
            tuple(quiet, ProblemKind.LOUDNESS),
            tuple(gaps, ProblemKind.SILENCE),
            tuple(clipped, ProblemKind.CLIPPING),
            tuple(silent, ProblemKind.UNUSABLE),
            tuple(slow, ProblemKind.SAMPLING_RATE),
            tuple(text, ProblemKind.UNUSABLE),
            tuple(folder, ProblemKind.UNUSABLE),
            tuple(gone, ProblemKind.MISSING));
    assertThat(report.problems()).allMatch(problem -> problem.sentence().lines().count() == 1);
    assertThat(report.files()).hasSize(9);
  }

  @Test
  void theSameSoundUnderAnotherNameAndTheSameFileTwiceAreFoundAcrossSources() throws Exception {
    Path first = wav("first.wav", RATE_HZ, Samples.sine(997, 0.28, 3, RATE_HZ));
    Path copy = Files.copy(first, folder.resolve("copy.wav"));
    Path link = Files.createSymbolicLink(folder.resolve("link.wav"), first);

    CollectionReport report = check(source(1, first), source(4, copy, link));

    assertThat(report.problems())
        .extracting(Problem::sentence)
        .containsExactly(
            "source 4: "
                + copy
                + " holds the same sound as "
                + first
                + " of source 1; keep one of the two.",
            "source 4: "
                + link
                + " is the same file as "
                + first
                + " of source 1; keep one of the two.");
    assertThat(read).containsExactly(first, copy);
  }

  @Test
  void aClaimIsComparedWithWhatTheFilesHold() throws Exception {
    Path file = wav("three.wav", RATE_HZ, Samples.sine(997, 0.28, 3, RATE_HZ));
    RecordedSource wrong =
        new RecordedSource(OptionalLong.of(5), OptionalDouble.of(5_400), List.of(file));
    assertThat(check(wrong).problems())
        .extracting(Problem::sentence)
        .containsExactly(
            "source 5 is recorded with 5400.0 s, but its files hold 3.0 s;"
                + " write the measured length into the record.");
    RecordedSource nearly =
        new RecordedSource(OptionalLong.of(5), OptionalDouble.of(3.02), List.of(file));
    assertThat(check(nearly).problems()).isEmpty();
    RecordedSource none =
        new RecordedSource(OptionalLong.of(6), OptionalDouble.of(5_400), List.of());
    assertThat(check(none).problems()).isEmpty();
  }
}
