package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Events in words: one line each, and below it the lines that the trainer itself wrote. */
final class LogText {
  private static final String BELOW = "  | ";

  private LogText() {}

  /**
   * @param type of the event
   * @param report as it is stored
   * @param gpu where the attempt runs
   */
  static List<String> lines(String type, JsonNode report, String worker, String gpu) {
    switch (type) {
      case "granted":
        return List.of("granted to " + worker + " on GPU " + gpu);
      case "lost":
        return List.of("lost: " + report.path("message").asText());
      case "retrying":
        return List.of("retrying in " + clock(report.path("afterMillis").asLong()));
      case "cancelled":
        return List.of("cancelled");
      default:
        try {
          return lines(ProtocolJson.read(report, AttemptReport.class), gpu);
        } catch (MalformedMessage unknown) {
          // Of a newer node, or an older one's: its name says something at least.
          return List.of(type);
        }
    }
  }

  private static List<String> lines(AttemptReport report, String gpu) {
    if (report instanceof AttemptReport.Started started) {
      return List.of(
          "started on "
              + started.device()
              + " (GPU "
              + gpu
              + ", process "
              + started.processId()
              + ")");
    }
    if (report instanceof AttemptReport.Progressed progressed) {
      return List.of(words(progressed));
    }
    if (report instanceof AttemptReport.Validated validated) {
      return List.of(
          String.format(
              Locale.ROOT,
              "validated at step %d: distance %.4g%s",
              validated.step(),
              validated.distance(),
              measures(validated.measures())));
    }
    if (report instanceof AttemptReport.CheckpointStored stored) {
      return List.of(
          "checkpoint of step "
              + stored.step()
              + " stored: "
              + stored.path()
              + " ("
              + megabytes(stored.size())
              + ")");
    }
    if (report instanceof AttemptReport.Warned warned) {
      return List.of("warning: " + warned.message());
    }
    if (report instanceof AttemptReport.HealthNoticed noticed) {
      return List.of(
          "health ("
              + noticed.condition()
              + ") at step "
              + noticed.step()
              + ": "
              + noticed.message());
    }
    if (report instanceof AttemptReport.Logged logged) {
      List<String> lines = new ArrayList<>();
      if (logged.leftOut() > 0) {
        lines.add(BELOW + "(" + logged.leftOut() + " lines are left out here)");
      }
      logged.lines().forEach(line -> lines.add(BELOW + line));
      return lines;
    }
    if (report instanceof AttemptReport.Completed completed) {
      return List.of("completed; peak memory " + completed.peakMemory());
    }
    if (report instanceof AttemptReport.Failed failed) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "failed (" + ProtocolJson.tree(failed.errorClass()).asText() + "): " + failed.message());
      failed.evidence().forEach(line -> lines.add(BELOW + line));
      lines.add("what to do: " + failed.suggestedFix());
      return lines;
    }
    AttemptReport.GivenBack given = (AttemptReport.GivenBack) report;
    return List.of(
        "given back at step "
            + given.step()
            + " ("
            + ProtocolJson.tree(given.reason()).asText()
            + "); it goes on from its newest checkpoint");
  }

  private static String words(AttemptReport.Progressed progressed) {
    StringBuilder text = new StringBuilder();
    text.append(progressed.stage())
        .append(": step ")
        .append(progressed.step())
        .append(" of ")
        .append(progressed.totalSteps());
    progressed
        .stepsPerSecond()
        .ifPresent(speed -> text.append(String.format(Locale.ROOT, ", %.3g steps/s", speed)));
    progressed
        .remainingMillis()
        .ifPresent(millis -> text.append(", ").append(clock(millis)).append(" left"));
    return text.append(measures(progressed.measures())).toString();
  }

  /** Losses and the like, by name. */
  private static String measures(Map<String, Double> measures) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(measures)
        .forEach(
            (name, value) -> text.append(String.format(Locale.ROOT, ", %s %.4g", name, value)));
    return text.toString();
  }

  private static String megabytes(ByteSize size) {
    return String.format(Locale.ROOT, "%.1f MB", size.bytes() / 1e6);
  }

  private static String clock(long millis) {
    Duration time = Duration.ofMillis(millis);
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }
}
