package dev.morphene.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is off with a command line, in one sentence with the way to the fix. */
final class UsageSentence {
  private UsageSentence() {}

  static String of(ParameterException problem) {
    CommandLine commandLine = problem.getCommandLine();
    String command = commandLine.getCommandSpec().qualifiedName();
    String help = "; see " + command + " --help.";
    List<String> unknown = commandLine.getUnmatchedArguments();
    if (problem instanceof MissingParameterException && !unknown.isEmpty()) {
      // A misspelled option is also a missing one; the misspelling is what helps.
      return unmatched(
          new UnmatchedArgumentException(commandLine, unknown), commandLine, command, help);
    }
    if (problem instanceof MissingParameterException missing) {
      return command + " needs " + joined(missing.getMissing()) + help;
    }
    if (problem instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched, commandLine, command, help);
    }
    if (isWrongValue(problem)) {
      ArgSpec argument = problem.getArgSpec();
      return name(argument)
          + " is "
          + kind(argument)
          + ", not \""
          + problem.getValue()
          + "\""
          + help;
    }
    if (!commandLine.getSubcommands().isEmpty() && isMissingCommand(problem)) {
      return command + " needs a command: " + String.join(", ", commands(commandLine)) + help;
    }
    return problem.getMessage().lines().findFirst().orElse("").replaceAll("\\.$", "") + help;
  }

  private static boolean isMissingCommand(ParameterException problem) {
    return problem.getMessage().startsWith("Missing required subcommand");
  }

  private static boolean isWrongValue(ParameterException problem) {
    return problem.getArgSpec() != null
        && problem.getValue() != null
        && problem.getMessage().startsWith("Invalid value");
  }

  private static String unmatched(
      UnmatchedArgumentException unmatched, CommandLine commandLine, String command, String help) {
    String first = unmatched.getUnmatched().get(0);
    List<String> nearest = unmatched.getSuggestions();
    String hint =
        nearest.isEmpty()
            ? ""
            : ", perhaps " + String.join(" or ", nearest.stream().limit(2).toList());
    if (unmatched.isUnknownOption()) {
      String option = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
      return command + " has no option " + option + hint + help;
    }
    if (!commandLine.getSubcommands().isEmpty()) {
      return command + " has no command \"" + first + "\"" + hint + help;
    }
    return command + " does not take \"" + first + "\"" + help;
  }

  /** Without the aliases. */
  private static List<String> commands(CommandLine commandLine) {
    return commandLine.getSubcommands().values().stream()
        .map(CommandLine::getCommandName)
        .distinct()
        .toList();
  }

  private static String joined(List<ArgSpec> missing) {
    return missing.stream().map(UsageSentence::withLabel).collect(Collectors.joining(" and "));
  }

  private static String withLabel(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
        : argument.paramLabel();
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String kind(ArgSpec argument) {
    Class<?> type = argument.isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
    if (List.of("int", "long", "Integer", "Long", "OptionalInt", "OptionalLong")
        .contains(type.getSimpleName())) {
      return "a whole number";
    }
    if (List.of("double", "float", "Double", "Float").contains(type.getSimpleName())) {
      return "a number";
    }
    return type.isEnum()
        ? "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "))
        : "written as " + argument.paramLabel();
  }
}
