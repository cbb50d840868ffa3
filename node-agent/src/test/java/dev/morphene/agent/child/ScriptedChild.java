package dev.morphene.agent.child;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.LeaseWatch;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A real child process that behaves as the name in its request says. */
public final class ScriptedChild {
  private ScriptedChild() {}

  /** Before a number of milliseconds: works as long as that, unless its lease passes. */
  public static final String WORKS = "works ";

  public static void main(String[] arguments) throws Exception {
    LeaseWatch lease = LeaseWatch.start();
    JsonNode request = ProcessJson.mapper().readTree(new File(arguments[1]));
    say(
        new ProcessLine.Hello(
            arguments[0],
            ProcessHandle.current().pid(),
            "cpu",
            OptionalLong.empty(),
            Map.of("config", request.path("config").asText())));
    say(progress(1));
    String name = request.path("name").asText();
    if (name.startsWith(WORKS)) {
      obeyRenewals(lease);
      new CountDownLatch(1)
          .await(Long.parseLong(name.substring(WORKS.length())), TimeUnit.MILLISECONDS);
      say(new ProcessLine.Done(ProcessJson.mapper().createObjectNode()));
      return;
    }
    switch (name) {
      case "completes" -> {
        say(new ProcessLine.CheckpointWritten(2, 1, java.nio.file.Path.of("/c"), "ab", 3));
        say(new ProcessLine.Done(ProcessJson.mapper().createObjectNode().put("steps", 2)));
      }
      case "fails" -> {
        say(new ProcessLine.Failed(FailureClass.BAD_INPUT, "No folder.", List.of("why")));
        System.exit(FailureClass.BAD_INPUT.exitCode());
      }
      case "babbles" -> {
        System.out.println("this is no line of the protocol");
        say(new ProcessLine.Done(ProcessJson.mapper().createObjectNode()));
      }
      case "crashes" -> {
        System.err.println("last words");
        Runtime.getRuntime().halt(134);
      }
      case "stops-when-asked" -> {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        commands.readLine();
        say(new ProcessLine.Stopped(7));
        System.exit(FailureClass.STOPPED_EXIT_CODE);
      }
      default -> new CountDownLatch(1).await();
    }
  }

  private static void obeyRenewals(LeaseWatch lease) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in))) {
                for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                  if (ProcessJson.mapper().readValue(line, ProcessCommand.class)
                      instanceof ProcessCommand.Renewed renewed) {
                    lease.renewed(renewed.untilNanos());
                  }
                }
              } catch (IOException cause) {
                throw new UncheckedIOException(cause);
              }
            },
            "scripted-commands");
    reader.setDaemon(true);
    reader.start();
  }

  private static ProcessLine progress(long step) {
    return new ProcessLine.Progress(
        "representation",
        step,
        10,
        OptionalDouble.empty(),
        OptionalLong.empty(),
        1_000,
        Map.of("loss", 0.5));
  }

  private static void say(ProcessLine line) throws Exception {
    System.out.println(ProcessJson.mapper().writeValueAsString(line));
  }
}
