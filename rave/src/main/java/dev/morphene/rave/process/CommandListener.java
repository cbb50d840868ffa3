package dev.morphene.rave.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Reads commands line by line until the input ends, which counts as a stop command. It reads on
 * after a stop, because the last checkpoint may take longer than the lease. A line that is no
 * command is answered with a warning and skipped.
 */
final class CommandListener implements StopSignal {
  private final LeaseWatch lease;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicBoolean checkpoint = new AtomicBoolean();

  CommandListener(LeaseWatch lease) {
    this.lease = lease;
  }

  @Override
  public boolean stopRequested() {
    return stop.get();
  }

  @Override
  public boolean takeCheckpointRequest() {
    return checkpoint.getAndSet(false);
  }

  void requestStop() {
    stop.set(true);
  }

  /** Starts the daemon thread that reads {@code input}; it ends with the input. */
  void listen(InputStream input, Consumer<String> warnings) {
    Thread thread = new Thread(() -> readAll(input, warnings), "rave-commands");
    thread.setDaemon(true);
    thread.start();
  }

  void readAll(InputStream input, Consumer<String> warnings) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          obey(line, warnings);
        }
      }
    } catch (IOException e) {
      if (!stop.get()) {
        warnings.accept("Commands can no longer be read, stopping: " + e.getMessage());
      }
    } finally {
      requestStop();
      lease.inputEnded();
    }
  }

  private void obey(String line, Consumer<String> warnings) {
    try {
      ProcessCommand command = ProcessJson.mapper().readValue(line, ProcessCommand.class);
      if (command instanceof ProcessCommand.Stop) {
        stop.set(true);
      } else if (command instanceof ProcessCommand.CheckpointNow) {
        checkpoint.set(true);
      } else if (command instanceof ProcessCommand.Renewed renewed) {
        lease.renewed(renewed.untilNanos());
      }
    } catch (JsonProcessingException e) {
      warnings.accept("This is no command, skipped: " + line);
    }
  }
}
