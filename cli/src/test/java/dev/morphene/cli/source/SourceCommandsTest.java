package dev.morphene.cli.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.CapturedRun;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.rave.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceCommandsTest {
  private static final int RATE_HZ = 48_000;

  @TempDir Path folder;

  private SourceStand stand;

  @BeforeEach
  void start() throws IOException {
    stand = new SourceStand();
  }

  @AfterEach
  void stop() {
    stand.close();
  }

  private CapturedRun sources(String... arguments) {
    List<String> line = new ArrayList<>(List.of("sources"));
    line.addAll(List.of(arguments));
    line.add("--coordinator");
    line.add(stand.address());
    return CapturedRun.of(line.toArray(String[]::new));
  }

  private CapturedRun add(String... more) {
    List<String> line =
        new ArrayList<>(List.of("add", "-i", "10", "-t", "musical", "-n", "Violin", "-o"));
    line.add("licensed");
    line.addAll(List.of(more));
    return sources(line.toArray(String[]::new));
  }

  private Path tone(String name, double seconds) throws IOException {
    float[] samples = new float[(int) (seconds * RATE_HZ)];
    for (int index = 0; index < samples.length; index++) {
      samples[index] = (float) (0.28 * Math.sin(2 * Math.PI * 997 * index / RATE_HZ));
    }
    Path file = folder.resolve(name);
    WavWriter.writeMono(file, RATE_HZ, 16, samples);
    return file;
  }

  private SourceDraft only() {
    assertThat(stand.sources()).hasSize(1);
    return stand.sources().get(0).source();
  }

  @Test
  void theGuidesFirstLinesWorkAsTheyStand() {
    CapturedRun musical =
        sources(
            "add",
            "--instrument",
            "10",
            "--type",
            "musical",
            "--name",
            "Violin samples from XYZ library",
            "--origin",
            "licensed",
            "--license",
            "Royalty-free",
            "--duration",
            "5400");
    assertThat(musical.err()).isEmpty();
    assertThat(musical.out())
        .isEqualTo(
            "Source 1 added: Violin samples from XYZ library (musical, Pyroviolin), 1.50 h."
                + System.lineSeparator());

    CapturedRun before = sources("status", "10");
    assertThat(before.out())
        .contains("1.50 of 1.5 h", "0.00 of 1.5 h", "Not ready", "1.50 h of non-musical material");

    assertThat(
            sources("add", "-i", "pyro", "-t", "nonmusical", "-n", "Fire", "-o", "recorded")
                .exitCode())
        .isZero();
    assertThat(sources("update", "2", "--duration", "5400.5").out())
        .startsWith("Source 2 changed: Fire (nonmusical, Pyroviolin), 1.50 h.");
    assertThat(sources("status", "Pyroviolin").out()).contains("Ready to train.");
    assertThat(sources("summary").out()).contains("of each type: 1 of 50.");
    assertThat(sources("list", "--instrument", "10").out().lines()).hasSize(3);
    assertThat(sources("list", "--instrument", "1").out()).startsWith("No sources.");
  }

  @Test
  void everyFlagIsKept() throws Exception {
    Path first = tone("a,b.wav", 1.5);
    Path second = tone("c.wav", 0.5);
    CapturedRun run =
        add(
            "--license",
            "CC BY 4.0",
            "--restrictions",
            "no resale",
            "--quality",
            "4",
            "--files",
            first.toString(),
            "--files",
            second.toString(),
            "--processing",
            "trimmed, denoised",
            "--notes",
            "close microphone");
    assertThat(run.err()).isEmpty();
    assertThat(only())
        .isEqualTo(
            new SourceDraft(
                10,
                SourceType.MUSICAL,
                "Violin",
                SourceOrigin.LICENSED,
                Optional.of("CC BY 4.0"),
                Optional.of("no resale"),
                OptionalDouble.of(2),
                OptionalInt.of(4),
                List.of("trimmed", "denoised"),
                List.of(first.toString(), second.toString()),
                Optional.of("close microphone")));
    assertThat(sources("show", "1").out())
        .contains("CC BY 4.0", "no resale", "4 of 5", second.toString(), "close microphone");
    JsonNode shown = ProtocolJson.mapper().readTree(sources("show", "1", "--json").out());
    assertThat(shown.at("/source/durationSeconds").asDouble()).isEqualTo(2);
  }

  @Test
  void aClaimThatTheFilesDoNotBearIsKeptWithAWarning() throws Exception {
    String file = tone("two.wav", 2).toString();
    CapturedRun wrong = add("--files", file, "--duration", "5400");
    assertThat(wrong.exitCode()).isZero();
    assertThat(wrong.errorLines())
        .containsExactly(
            "Warning: --duration says 5400.0 s (1.50 h), but the files hold 2.0 s (0.00 h);"
                + " the record keeps the 5400.0 s (1.50 h).");
    assertThat(only().durationSeconds()).hasValue(5_400);

    assertThat(sources("update", "1", "--duration", "2.01").err()).isEmpty();
    assertThat(sources("update", "1", "--duration", "2.1").errorLines()).hasSize(1);
    assertThat(only().durationSeconds()).hasValue(2.1);
  }

  @Test
  void updateChangesWhatIsNamedAndTakesOutWhatIsEmpty() throws Exception {
    add("--license", "CC0", "--duration", "60", "--quality", "3", "--notes", "n");
    String file = tone("three.wav", 3).toString();
    CapturedRun run =
        sources(
            "update", "1", "--license", "", "--quality", "5", "--files", file, "-t", "non-musical");
    assertThat(run.err()).isEmpty();
    SourceDraft changed = only();
    assertThat(changed.license()).isEmpty();
    assertThat(changed.quality()).hasValue(5);
    assertThat(changed.type()).isEqualTo(SourceType.NONMUSICAL);
    assertThat(changed.files()).containsExactly(file);
    assertThat(changed.durationSeconds()).hasValue(3);
    assertThat(changed.notes()).contains("n");
  }

  @Test
  void aFolderStandsForItsFiles() throws Exception {
    tone("one.wav", 1);
    Files.createDirectory(folder.resolve("take 2"));
    tone("take 2/two.wav", 2);
    assertThat(add("--files", folder.toString()).err()).isEmpty();
    assertThat(only().files())
        .containsExactly(
            folder.resolve("one.wav").toString(), folder.resolve("take 2/two.wav").toString());
    assertThat(only().durationSeconds()).hasValue(3);
  }

  @Test
  void clipsAreMeasuredAndListed() throws Exception {
    add("--duration", "5400");
    String clip = tone("ref.wav", 30).toString();
    CapturedRun added =
        sources("add-ref", "1", "--file", clip, "--description", "two octaves, slow");
    assertThat(added.err()).isEmpty();
    assertThat(added.out()).startsWith("Reference clip added to source 1: " + clip + ", 30.0 s.");
    assertThat(sources("refs").out()).contains("two octaves, slow", "30.0", clip);
    assertThat(sources("refs", "-i", "10", "--json").out()).contains("\"durationSeconds\" : 30.0");
    assertThat(sources("refs", "-i", "1").out()).startsWith("No reference clips.");

    CapturedRun brief = sources("add-ref", "1", "--file", tone("brief.wav", 2).toString());
    assertThat(brief.exitCode()).isZero();
    assertThat(brief.errorLines())
        .containsExactly("Warning: the clip has 2.0 s; audits are made with 30 s.");
  }

  @Test
  void deleteAsksOnATerminalOnly() {
    // Tests have no terminal: both go ahead.
    add("--duration", "60");
    add("--duration", "60");
    assertThat(sources("delete", "2").out()).startsWith("Source 2 deleted: Violin");
    assertThat(sources("delete", "1", "--yes").out()).startsWith("Source 1 deleted: Violin");
    assertThat(stand.sources()).isEmpty();
    CapturedRun again = sources("delete", "1", "--yes");
    assertThat(again.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(again.errorLines()).containsExactly("morphene: There is no source 1.");
  }

  @Test
  void checkTellsWellFromIllByItsExitCode() throws Exception {
    String well = tone("well.wav", 3).toString();
    add("--files", well);
    CapturedRun good = sources("check", "10");
    assertThat(good.exitCode()).isZero();
    assertThat(good.out()).contains("All is well: 1 file.").contains("48000");

    sources(
        "add",
        "-i",
        "1",
        "-t",
        "musical",
        "-n",
        "copy",
        "-o",
        "recorded",
        "--files",
        Files.copy(Path.of(well), folder.resolve("copy.wav")).toString());
    CapturedRun all = sources("check");
    assertThat(all.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(all.out()).contains("! source 2: ", "holds the same sound as", "1 problem in 2");
    assertThat(sources("check", "1").exitCode()).isZero();

    JsonNode json = ProtocolJson.mapper().readTree(sources("check", "--json").out());
    assertThat(json.path("well").asBoolean()).isFalse();
    assertThat(json.at("/problems/0/kind").asText()).isEqualTo("duplicate");
    assertThat(json.at("/files/0/integratedLufs").asDouble()).isBetween(-14.5, -13.5);

    Files.delete(Path.of(well));
    assertThat(sources("check", "10").out()).contains(well + " is not there; put it back");
    assertThat(sources("check", "2").out()).contains("No files to check.");
  }

  @Test
  void filesAreCheckedWithoutACoordinator() throws Exception {
    stand.close();
    String first = tone("first.wav", 1).toString();
    String second = tone("second.wav", 1.5).toString();
    assertThat(CapturedRun.of("sources", "check", "--files", first, second).exitCode()).isZero();
    Path text = Files.writeString(folder.resolve("text.wav"), "no sound");
    CapturedRun ill = CapturedRun.of("sources", "check", "--files", first + "," + text);
    assertThat(ill.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(ill.out()).contains("is no audio file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-i 51 | 3 | There is no instrument",
        "-i w | 3 | could be",
        "-t song | 2 | --type is musical or nonmusical",
        "-o found | 2 | --origin is recorded or licensed",
        "--duration -5 | 2 | from 0 to",
        "--duration=-0.001 | 2 | from 0 to",
        "--duration NaN | 2 | a number of seconds",
        "--duration Infinity | 2 | a number of seconds",
        "--duration 1e12 | 2 | from 0 to",
        "--duration 1e999999999 | 2 | from 0 to",
        "--duration 5400d | 2 | a number of seconds",
        "--duration 1:30:00 | 2 | a number of seconds",
        "--quality 0 | 2 | --quality is 1",
        "--quality 6 | 2 | --quality is 1",
        "--quality 3.5 | 2 | --quality is 1",
        "--quality good | 2 | --quality is 1",
        "--processing , | 2 | names nothing",
        "--files /no/such/file.wav | 3 | There is no file /no/such/file.wav",
        "--files , | 2 | names no file",
        "--files EMPTY | 2 | is empty",
        "--files /dev/null | 2 | no regular file",
        "--files TEXT | 2 | is no audio file",
        "--files TONE --files TONE | 2 | twice",
        "--wrong | 2 | --wrong",
        "--quality | 2 | --quality",
        "stray | 2 | stray",
      })
  void whatIsOffIsToldInOneLineAndNothingIsWritten(String flags, int exitCode, String sentence)
      throws Exception {
    Files.createFile(folder.resolve("empty.wav"));
    Files.writeString(folder.resolve("text.wav"), "no sound");
    String line =
        flags
            .replace("EMPTY", folder.resolve("empty.wav").toString())
            .replace("TEXT", folder.resolve("text.wav").toString())
            .replace("TONE", tone("tone.wav", 0.5).toString());
    List<String> words = new ArrayList<>(List.of("add", "-n", "x"));
    if (!line.contains("-i ")) {
      words.addAll(List.of("-i", "10"));
    }
    if (!line.contains("-t ")) {
      words.addAll(List.of("-t", "musical"));
    }
    if (!line.contains("-o ")) {
      words.addAll(List.of("-o", "recorded"));
    }
    words.addAll(List.of(line.split(" ")));
    CapturedRun run = sources(words.toArray(String[]::new));
    assertThat(run.errorLines()).hasSize(1);
    assertThat(run.err()).startsWith("morphene").contains(sentence);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
    assertThat(stand.sources()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add | 2 | Missing: --instrument, --type, --name, --origin",
        "update 1 | 2 | Nothing to change",
        "update x --quality 3 | 2 | whole number from 1",
        "update 0 --quality 3 | 2 | whole number from 1",
        "update 99 --quality 3 | 3 | no source 99",
        "update 99 --duration 3 | 3 | no source 99",
        "update --quality 3 | 2 | ID",
        "show | 2 | ID",
        "show -1 | 2 | whole number from 1",
        "show 99 | 3 | no source 99",
        "status | 2 | N",
        "status 51 | 3 | no instrument",
        "list -i 51 | 3 | no instrument",
        "refs -i 51 | 3 | no instrument",
        "add-ref 1 | 2 | --file",
        "add-ref 1 --file /no/such.wav | 3 | There is no file",
        "add-ref x --file /no/such.wav | 2 | whole number from 1",
        "check 51 | 3 | no instrument",
        "check 10 --files /no/such.wav | 2 | not both",
        "check --files /no/such.wav | 3 | There is no file",
        "delete x --yes | 2 | whole number from 1",
        "fly | 2 | fly",
      })
  void theOtherCommandsTellWhatIsOffToo(String line, int exitCode, String sentence) {
    CapturedRun run = sources(line.split(" "));
    assertThat(run.errorLines()).hasSize(1);
    assertThat(run.err()).startsWith("morphene").contains(sentence);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
    assertThat(stand.sources()).isEmpty();
  }

  @Test
  void noCoordinatorIsFive() {
    stand.close();
    CapturedRun run = add("--duration", "5400");
    assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(run.errorLines()).hasSize(1);
  }

  @Test
  void textMustBeALine() {
    for (String name : List.of(" ", "two\nlines", "bell\u0007", "x".repeat(20_000))) {
      CapturedRun run = sources("add", "-i", "10", "-t", "musical", "-o", "recorded", "-n", name);
      assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(run.errorLines()).hasSize(1);
    }
    assertThat(stand.sources()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "add", "update", "list", "show", "status", "summary", "delete", "add-ref", "refs", "check"
  })
  void everyCommandHelpsWithAnExample(String command) {
    CapturedRun run = CapturedRun.of("sources", command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("morphene sources " + command, "Example");
  }
}
