package dev.morphene.cli.local;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.coordinator.ConfigurationProblems;
import dev.morphene.coordinator.Coordinator;
import dev.morphene.coordinator.CoordinatorConfig;
import dev.morphene.coordinator.StartFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Starts a coordinator for a command: what goes wrong is one sentence. */
public final class StartedCoordinator {
  private StartedCoordinator() {}

  public static Coordinator start(ClusterSettings settings, String postgresUri, String amqpUri) {
    try {
      return Coordinator.start(
              CoordinatorConfig.of(postgresUri, amqpUri, settings.httpPort())
                  .withHttpHost(settings.httpHost())
                  .withEventsKept(eventsKept(System.getenv("MORPHENE_EVENT_DAYS")))
                  .withJoinToken(
                      Optional.ofNullable(System.getenv("MORPHENE_JOIN_TOKEN"))
                          .filter(token -> !token.isBlank())))
          .join();
    } catch (ConfigurationProblems problems) {
      throw new CommandFailure(
          ExitCode.USAGE, String.join(System.lineSeparator(), problems.problems()), problems);
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof StartFailure cause) {
        throw new CommandFailure(ExitCode.FAILED, cause.getMessage(), cause);
      }
      throw failed;
    }
  }

  private static Duration eventsKept(String days) {
    if (days == null || days.isBlank()) {
      return CoordinatorConfig.EVENTS_KEPT;
    }
    try {
      return Duration.ofDays(Integer.parseInt(days.trim()));
    } catch (NumberFormatException notANumber) {
      throw new CommandFailure(
          ExitCode.USAGE, "MORPHENE_EVENT_DAYS is a number of days, not \"" + days + "\".");
    }
  }
}
