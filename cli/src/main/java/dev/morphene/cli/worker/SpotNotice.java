package dev.morphene.cli.worker;

import dev.morphene.agent.NodeAgent;
import dev.morphene.protocol.job.ErrorClass;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks, every five seconds, whether the cloud is about to take the machine away: a command that
 * ends with exit code 0 says so. The node then drains as preempted, which costs its jobs nothing.
 */
final class SpotNotice implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpotNotice.class);
  private static final long PERIOD_SECONDS = 5;
  private static final long LIMIT_SECONDS = 4;

  private final String command;
  private final NodeAgent agent;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "spot-notice");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param command run by {@code sh -c}
   */
  SpotNotice(String command, NodeAgent agent) {
    this.command = command;
    this.agent = agent;
    timer.scheduleWithFixedDelay(this::ask, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void ask() {
    try {
      if (says()) {
        agent.drain("the machine is about to be taken away", ErrorClass.PREEMPTED);
        timer.shutdown();
      }
    } catch (IOException | RuntimeException failure) {
      LOG.warn("The spot notice command could not be run; it is tried again.", failure);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean says() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
