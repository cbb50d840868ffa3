package dev.morphene.agent.child;

import dev.morphene.protocol.message.AttemptReport;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a child writes on its standard error, read from its file piece by piece. Each piece is small
 * whatever the child writes: the last lines are kept and those before them counted.
 */
public final class ChildLog {
  /** Of one piece; the next one goes on from there. */
  private static final long MOST_BYTES = 8L << 20;

  /** What has no end by then is taken for a line. */
  private static final int LONGEST_LINE_BYTES = 64 << 10;

  private final Path file;
  private long position;

  /**
   * @param position from which on it is this child's
   */
  ChildLog(Path file, long position) {
    this.file = file;
    this.position = position;
  }

  /**
   * What was written since the last piece; empty when there is nothing. Blank lines are left out.
   *
   * @param hasEnded whether a last line without its end is complete, too
   */
  public synchronized Optional<AttemptReport.Logged> next(boolean hasEnded) throws IOException {
    Deque<String> lines = new ArrayDeque<>();
    long leftOut = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.skipNBytes(position);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long read = position;
      for (int next = in.read(); next >= 0; next = in.read()) {
        read++;
        boolean isEnd = next == '\n' || next == '\r';
        if (!isEnd) {
          line.write(next);
        }
        if (isEnd || line.size() >= LONGEST_LINE_BYTES) {
          leftOut += add(lines, line);
          if (read - position >= MOST_BYTES) {
            break;
          }
        }
      }
      position = read - line.size();
      if (hasEnded && line.size() > 0) {
        position = read;
        leftOut += add(lines, line);
      }
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new AttemptReport.Logged(List.copyOf(lines), leftOut));
  }

  /** How many lines had to make room. */
  private static int add(Deque<String> lines, ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    if (text.isBlank()) {
      return 0;
    }
    lines.addLast(
        text.length() <= AttemptReport.Logged.LONGEST_LINE
            ? text
            : text.substring(0, AttemptReport.Logged.LONGEST_LINE));
    if (lines.size() <= AttemptReport.Logged.MOST_LINES) {
      return 0;
    }
    lines.removeFirst();
    return 1;
  }
}
