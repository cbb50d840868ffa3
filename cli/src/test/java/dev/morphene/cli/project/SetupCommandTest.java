package dev.morphene.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.CapturedRun;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetupCommandTest {
  @TempDir Path folder;

  private CapturedRun setup(String... arguments) {
    return CapturedRun.of(
        Stream.concat(Stream.of("setup"), Stream.of(arguments)).toArray(String[]::new));
  }

  private Path project() {
    return folder.resolve("project");
  }

  @Test
  void theFirstInstrumentGetsTheGuidesTreeAndAChecklist() throws Exception {
    CapturedRun run = setup("--poc", project().toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Made 9 folders and 3 files in " + project() + ".");
    for (String expected :
        List.of(
            "sources/pyroviolin/musical/raw",
            "sources/pyroviolin/musical/processed",
            "sources/pyroviolin/nonmusical/raw",
            "sources/pyroviolin/nonmusical/processed",
            "sources/pyroviolin/reference_clips",
            "training_data/pyroviolin",
            "models/pyroviolin/checkpoints",
            "models/pyroviolin/audit",
            "models/pyroviolin/final")) {
      assertThat(project().resolve(expected)).isEmptyDirectory();
    }
    assertThat(project().resolve("models/pyroviolin/README.md"))
        .content()
        .contains(
            "Violin crossed with crackling fire",
            "1.5 h",
            "sources/pyroviolin/musical/raw",
            "morphene queue add -i 10 --db-path training_data/pyroviolin");
    assertThat(project().resolve("POC_CHECKLIST.md"))
        .content()
        .contains("under 30 GB | 3", "30 to 40 GB | 2", "over 40 GB | 1", "50,000");
    assertThat(
            ProtocolJson.mapper()
                .readTree(project().resolve("models/pyroviolin/metadata.template.json").toFile())
                .at("/instrument/number")
                .asInt())
        .isEqualTo(10);
  }

  @Test
  void runAgainItAddsWhatIsMissingAndTouchesNothing() throws Exception {
    setup("--instrument", "Pyro", project().toString());
    Path readme = project().resolve("models/pyroviolin/README.md");
    Files.writeString(readme, "mine");
    Instant yesterday = Instant.parse("2026-01-01T00:00:00Z");
    try (Stream<Path> all = Files.walk(project())) {
      for (Path path : all.toList()) {
        Files.setLastModifiedTime(path, FileTime.from(yesterday));
      }
    }
    Map<Path, FileTime> before = times();

    CapturedRun unchanged = setup("--instrument", "10", project().toString());
    assertThat(unchanged.out()).startsWith("Nothing was missing in ").contains("9 folders");
    assertThat(times()).isEqualTo(before);

    Files.delete(project().resolve("models/pyroviolin/audit"));
    CapturedRun mended = setup("--poc", project().toString());
    assertThat(mended.out())
        .contains("Made 1 folder and 1 file", "8 folders and 2 files there already");
    assertThat(readme).hasContent("mine");
    assertThat(Files.getLastModifiedTime(readme).toInstant()).isEqualTo(yesterday);
  }

  private Map<Path, FileTime> times() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(project())) {
      for (Path path : all.toList()) {
        times.put(path, Files.getLastModifiedTime(path));
      }
    }
    return times;
  }

  @Test
  void allFiftyAreLinkedInTheIndex() throws Exception {
    // An older project: the folder of Caférhodes still has its accent.
    Path accented = Path.of(URI.create(folder.toUri() + "project/models/caf%C3%A9rhodes"));
    Files.createDirectories(accented);
    assertThat(setup("--all", project().toString()).exitCode()).isZero();
    String index = Files.readString(project().resolve("models/INDEX.md"));
    Matcher links = Pattern.compile("\\]\\(([^)]*)\\)").matcher(index);
    int found = 0;
    while (links.find()) {
      found++;
      URI page = project().resolve("models").toUri().resolve(links.group(1));
      assertThat(Path.of(page)).as(links.group(1)).isRegularFile();
    }
    assertThat(found).isEqualTo(50);
    assertThat(index).contains("## Flagship", "## Strong", "## Experimental");
    assertThat(accented.resolve("README.md")).isRegularFile();
    assertThat(project().resolve("models/caferhodes")).doesNotExist();
    assertThat(project().resolve("sources/caferhodes/musical/raw")).isDirectory();
    assertThat(project().resolve("POC_CHECKLIST.md")).doesNotExist();
  }

  @Test
  void aTierWithoutSourcesHasItsInstrumentsOnly() throws Exception {
    assertThat(setup("--tier", "1", "--no-sources", project().toString()).exitCode()).isZero();
    assertThat(project().resolve("sources")).doesNotExist();
    try (Stream<Path> models = Files.list(project().resolve("models"))) {
      assertThat(models).hasSize(10);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROJECT | 2 | exactly one of --poc",
        "--poc --all PROJECT | 2 | exactly one of --poc",
        "--tier 1 --instrument 10 PROJECT | 2 | exactly one of --poc",
        "--poc | 2 | PATH",
        "--all --no-sources | 2 | PATH",
        "--tier golden PROJECT | 2 | flagship, strong or experimental",
        "--instrument 51 PROJECT | 3 | There is no instrument",
        "--instrument w PROJECT | 3 | could be",
        "--instrument | 2 | --instrument",
        "--poc PROJECT other | 2 | other",
        "--poc FILE | 2 | is a file",
        "--poc FILE/below | 1 | is a file",
        "--poc /proc/morphene | 1 | cannot be written",
        "--pocc PROJECT | 2 | --pocc",
      })
  void whatIsOffIsToldInOneLineAndNothingIsMade(String flags, int exitCode, String sentence)
      throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    CapturedRun run =
        setup(
            flags
                .replace("PROJECT", project().toString())
                .replace("FILE", file.toString())
                .split(" "));
    assertThat(run.errorLines()).hasSize(1);
    assertThat(run.err()).startsWith("morphene").contains(sentence);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
    assertThat(project()).doesNotExist();
    assertThat(file).hasContent("content");
  }

  @Test
  void aFileWhereAFolderBelongsIsNamedAndLeft() throws Exception {
    Files.createDirectories(project());
    Path inTheWay = Files.writeString(project().resolve("models"), "mine");
    CapturedRun run = setup("--poc", project().toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.errorLines()).hasSize(1);
    assertThat(run.err()).contains(inTheWay + " is a file");
    assertThat(inTheWay).hasContent("mine");
  }

  @Test
  void aFileAppearsWholeOrNotAtAll() throws Exception {
    Path target = folder.resolve("paper.md");
    Files.writeString(folder.resolve(".paper.md.partial"), "left by a killed run");
    assertThat(NewFile.write(target, "text")).isTrue();
    assertThat(target).hasContent("text");
    assertThat(folder.resolve(".paper.md.partial")).doesNotExist();
    assertThat(NewFile.write(target, "other")).isFalse();
    assertThat(target).hasContent("text");
  }
}
