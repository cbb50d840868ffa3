package dev.morphene.cli;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code morphene completion SHELL}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes this command's words in a shell.",
      "Put its output where the shell reads it, with: source <(morphene completion bash)"
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene completion bash"})
final class CompletionCommand implements Callable<Integer> {
  /** One script serves both: in zsh it turns on zsh's reading of bash's scripts. */
  private static final Set<String> SHELLS = new TreeSet<>(Set.of("bash", "zsh"));

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private String shell;

  @Override
  public Integer call() {
    if (!SHELLS.contains(shell)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "There is completion for " + String.join(" and ", SHELLS) + ", not for " + shell + ".");
    }
    System.out.print(AutoComplete.bash("morphene", Morphene.commandLine()));
    return ExitCode.OK;
  }
}
