package dev.morphene.rave.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes process lines, one whole line at a time, and nothing after the last one.
 *
 * <p>Safe to call from any thread. When the reader is gone the line is lost and {@code readerGone}
 * is run: a job without an agent must stop, not fail.
 */
final class LineOutput {
  private final OutputStream output;
  private final Runnable readerGone;
  private boolean ended;

  LineOutput(OutputStream output, Runnable readerGone) {
    this.output = output;
    this.readerGone = readerGone;
  }

  synchronized void write(ProcessLine line) {
    if (ended) {
      return;
    }
    ended =
        line instanceof ProcessLine.Done
            || line instanceof ProcessLine.Failed
            || line instanceof ProcessLine.Stopped;
    try {
      output.write((json(line) + "\n").getBytes(StandardCharsets.UTF_8));
      output.flush();
    } catch (IOException e) {
      readerGone.run();
    }
  }

  private static String json(ProcessLine line) {
    try {
      return ProcessJson.mapper().writerFor(ProcessLine.class).writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A process line cannot be written as JSON: " + line, e);
    }
  }
}
