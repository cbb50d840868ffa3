package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command that talks to a coordinator, by the example of its help, where none answers. */
class UnreachableCoordinatorTest {
  private static final Path SOUND = Path.of("../samples/pyroviolin/reference_clips/violin_ref.wav");

  @TempDir Path folder;

  static Stream<List<String>> examples() {
    List<List<String>> examples =
        CommandHelpTest.all().stream()
            .map(CommandLine::getCommandSpec)
            .filter(command -> command.findOption("--coordinator") != null)
            .flatMap(
                command ->
                    CommandHelpTest.examples(command).stream()
                        .filter(
                            example ->
                                String.join(" ", example)
                                    .startsWith(
                                        command.qualifiedName().replaceFirst("^morphene ?", "")))
                        .limit(1))
            .toList();
    assertThat(examples).hasSizeGreaterThan(20);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void itIsOneSentenceAndItsOwnExitCode(List<String> example) throws IOException {
    List<String> line = new ArrayList<>();
    for (String word : example) {
      line.add(existing(word));
    }
    line.add("--coordinator");
    line.add("http://127.0.0.1:1");
    CommandRun run = CommandRun.of(line.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).contains("No coordinator answers at http://127.0.0.1:1");
    assertThat(run.out()).isEmpty();
  }

  /** What an example calls a file has to be one. */
  private String existing(String word) throws IOException {
    if (word.endsWith(".json")) {
      return Files.writeString(folder.resolve("batch.json"), "{}", StandardCharsets.UTF_8)
          .toString();
    }
    return word.matches(".*\\.(wav|flac)") ? SOUND.toString() : word;
  }
}
