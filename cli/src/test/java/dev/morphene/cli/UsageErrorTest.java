package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is off with a command line is told in one line, with the way to the fix. */
class UsageErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fly | morphene has no command \"fly\"",
        "queue | morphene queue needs a command: add, add-tier, ",
        "queue lst | morphene queue has no command \"lst\", perhaps list",
        "queue add -i 10 --db-path d | morphene queue add needs --output O;",
        "queue add -i 10 --db-pth d --output o | morphene queue add has no option --db-pth, perhaps"
            + " --db-path",
        "queue add -i 10 --db-path d --output o --max-steps many | --max-steps is a whole number,"
            + " not \"many\"",
        "queue show | morphene queue show needs ID;",
        "queue show two | ID is a whole number, not \"two\"",
        "queue list --jsno | has no option --jsno, perhaps --json",
        "queue list --status | --status",
        "queue cancel 1 2 | morphene queue cancel does not take \"2\"",
        "export --run r --output o --name n --fidelity high | --fidelity is a number, not \"high\"",
        "queue list --status done | --status is one of pending, running, retrying, completed,"
            + " failed, cancelled",
        "queue add -i 10 --db-path d --output o --max-steps 0 | --max-steps is 1 or more, not 0",
        "queue add -i 10 --db-path d --output o --batch-size -4 | --batch-size",
        "queue add -i 10 --db-path d --output o --trainer mine | --trainer is one of native, rave",
        "queue add -i 10 --db-path d --output o --key a\u00e9 | idempotency key",
        "queue add-tier 4 --db-base d --output-base o | A tier is flagship, strong or experimental",
        "queue logs 1 --follow --json | leave one of both away",
        "batch show 12 | A batch id is a UUID, not \"12\".",
        "nodes drain -- a/b | not \"a/b\"",
        "completion fish | There is completion for bash and zsh",
        "coordinator --amqp-uri amqp://u:secret@h --pg-uri postgresql://u@h/d | MORPHENE_AMQP_URI",
        "coordinator --pg-uri postgresql://u:secret@h/d | MORPHENE_PG_URI"
      })
  void itIsOneLine(String line, String says) {
    StringWriter err = new StringWriter();
    int exitCode = execute(err, line.split(" "));
    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(says).startsWith("morphene").doesNotContain("secret");
    assertThat(err.toString().strip().lines()).hasSize(1);
  }

  @Test
  void anUnknownInstrumentIsNotFound() {
    StringWriter err = new StringWriter();
    assertThat(execute(err, "queue", "add", "-i", "zither", "--db-path", "d", "--output", "o"))
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(err.toString()).contains("There is no instrument \"zither\"");
  }

  @Test
  void aPinnedGpuIsRefused() {
    StringWriter err = new StringWriter();
    assertThat(
            execute(
                err, "queue", "add", "-i", "10", "--db-path", "d", "--output", "o", "--gpu", "1"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("leave --gpu at auto");
  }

  private static int execute(StringWriter err, String... arguments) {
    CommandLine command = Morphene.commandLine();
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }
}
