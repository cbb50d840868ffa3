package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * docs/cli.md is what the commands say of themselves. After a change, write it anew with {@code
 * -Dmorphene.write.reference=true -Dtest=CliReferenceTest}.
 */
class CliReferenceTest {
  private static final int WIDTH = 100;

  @Test
  void theReferenceIsWhatTheCommandsSay() throws Exception {
    Path file = Path.of("..", "docs", "cli.md").toAbsolutePath().normalize();
    String now = reference();
    if (Boolean.getBoolean("morphene.write.reference")) {
      Files.writeString(file, now, StandardCharsets.UTF_8);
    }
    assertThat(file).content(StandardCharsets.UTF_8).isEqualTo(now);
  }

  private static String reference() {
    StringBuilder text =
        new StringBuilder(
            """
            # The morphene command

            What every command says to `--help`. This page is made from the commands themselves \
            (`CliReferenceTest`); do not edit it by hand.
            """);
    for (CommandLine command : CommandHelpTest.all()) {
      command.setUsageHelpWidth(WIDTH);
      text.append("\n## ")
          .append(command.getCommandSpec().qualifiedName())
          .append("\n\n```\n")
          .append(
              command
                  .getUsageMessage(Ansi.OFF)
                  .lines()
                  .map(String::stripTrailing)
                  .collect(Collectors.joining("\n")))
          .append("\n```\n");
    }
    return text.toString();
  }
}
