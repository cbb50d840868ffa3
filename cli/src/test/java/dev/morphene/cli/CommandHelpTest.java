package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What the help of every command owes its reader. */
class CommandHelpTest {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Set<String> LISTINGS =
      Set.of("list", "show", "status", "summary", "refs", "memory", "why", "logs", "nodes");

  static Stream<Named<CommandLine>> commands() {
    return all().stream()
        .map(command -> Named.of(command.getCommandSpec().qualifiedName(), command));
  }

  static List<CommandLine> all() {
    List<CommandLine> found = new ArrayList<>();
    collect(Morphene.commandLine(), found);
    return found;
  }

  private static void collect(CommandLine command, List<CommandLine> found) {
    found.add(command);
    command.getSubcommands().values().stream()
        .distinct()
        .forEach(subcommand -> collect(subcommand, found));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itSaysWhatItDoes(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    assertThat(spec.usageMessage().description()).isNotEmpty().allMatch(line -> !line.isBlank());
    for (OptionSpec option : spec.options()) {
      assertThat(String.join("", option.description())).as(option.longestName()).isNotBlank();
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      assertThat(String.join("", parameter.description())).as(parameter.paramLabel()).isNotBlank();
    }
    assertThat(spec.findOption("--help")).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsExamplesAreCommandLinesThatItTakes(CommandLine command) {
    List<List<String>> examples = examples(command.getCommandSpec());
    assertThat(examples).isNotEmpty();
    for (List<String> example : examples) {
      assertThatCode(() -> Morphene.commandLine().parseArgs(example.toArray(String[]::new)))
          .as("morphene " + String.join(" ", example))
          .doesNotThrowAnyException();
    }
    String ownWords = command.getCommandSpec().qualifiedName().replaceFirst("^morphene ?", "");
    assertThat(examples).anyMatch(example -> String.join(" ", example).startsWith(ownWords));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aListingIsAlsoForPrograms(CommandLine command) {
    if (LISTINGS.contains(command.getCommandName())) {
      assertThat(command.getCommandSpec().findOption("--json")).isNotNull();
    }
  }

  /** The words after {@code morphene} of each line of the footer that begins with it. */
  static List<List<String>> examples(CommandSpec spec) {
    String footer = String.join("\n", spec.usageMessage().footer());
    return Arrays.stream(footer.replaceAll("\\s*\\\\\n\\s*", " ").split("\n"))
        .map(line -> line.strip().replaceFirst("^Examples?:\\s*", ""))
        .map(line -> line.replaceFirst("^([A-Z_]+=\\S+\\s+)+", ""))
        .filter(line -> line.startsWith("morphene "))
        // Two blanks separate an example from the words about it.
        .map(line -> line.replaceFirst("\\s{2,}.*", ""))
        .map(CommandHelpTest::words)
        .map(words -> words.subList(1, words.size()))
        .toList();
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(
          matcher.group(1) != null
              ? matcher.group(1)
              : matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
    }
    return words;
  }
}
