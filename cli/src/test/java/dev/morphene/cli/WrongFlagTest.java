package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every flag and every operand that is not free text, of every command, given something else. */
class WrongFlagTest {
  private static final Set<Class<?>> FREE =
      Set.of(
          String.class, java.nio.file.Path.class, java.io.File.class, boolean.class, Boolean.class);

  @TestFactory
  Stream<DynamicTest> aWrongTypeIsOneSentenceThatNamesTheFlag() {
    List<DynamicTest> tests = new ArrayList<>();
    collect(Morphene.commandLine().getCommandSpec(), List.of(), tests);
    assertThat(tests).hasSizeGreaterThan(10);
    return tests.stream();
  }

  private static void collect(CommandSpec command, List<String> path, List<DynamicTest> tests) {
    for (OptionSpec option : command.options()) {
      if (option.arity().max() > 0 && isTyped(option)) {
        tests.add(wrong(path, option.longestName(), List.of(option.longestName(), "bogus")));
      }
    }
    for (PositionalParamSpec operand : command.positionalParameters()) {
      if (isTyped(operand)) {
        List<String> operands = new ArrayList<>(Collections.nCopies(operand.index().min(), "1"));
        operands.add("bogus");
        tests.add(wrong(path, operand.paramLabel(), operands));
      }
    }
    command
        .subcommands()
        .forEach(
            (name, line) -> {
              List<String> below = new ArrayList<>(path);
              below.add(name);
              collect(line.getCommandSpec(), below, tests);
            });
  }

  private static boolean isTyped(ArgSpec argument) {
    Class<?> type = argument.isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
    return !FREE.contains(type);
  }

  private static DynamicTest wrong(List<String> path, String name, List<String> arguments) {
    List<String> line = new ArrayList<>(path);
    line.addAll(arguments);
    return DynamicTest.dynamicTest(
        String.join(" ", line),
        () -> {
          CommandRun run = CommandRun.of(line.toArray(String[]::new));
          assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
          assertThat(run.err().lines()).as(run.err()).hasSize(1);
          assertThat(run.err()).startsWith("morphene: ").contains(name.replaceAll("[<>]", ""));
          assertThat(run.out()).isEmpty();
        });
  }
}
