package dev.morphene.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C on {@code morphene up}, in a process of its own. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class InterruptedUpIT {
  private static final int SIGINT = 2;

  @TempDir Path folder;

  @Test
  void interruptedItLeavesNoProcessBehindAndStartsAgain() throws Exception {
    for (int start = 0; start < 2; start++) {
      Path log = folder.resolve("terminal-" + start + ".txt");
      Process up = start(log);
      while (!Files.readString(log).contains("Stop it with Ctrl-C")) {
        assertThat(up.isAlive()).as(Files.readString(log)).isTrue();
        TimeUnit.MILLISECONDS.sleep(100);
      }
      List<ProcessHandle> family = up.descendants().toList();
      List<ProcessHandle> servers = serversOf(folder);
      assertThat(servers).isNotEmpty();
      assertThat(new ProcessBuilder("kill", signal(), Long.toString(up.pid())).start().waitFor())
          .isZero();
      assertThat(up.waitFor(120, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
      for (ProcessHandle process : family) {
        process.onExit().get(120, TimeUnit.SECONDS);
      }
      for (ProcessHandle server : servers) {
        server.onExit().get(120, TimeUnit.SECONDS);
      }
    }
  }

  /** Ctrl-C; where it is ignored, as below nohup, children inherit that and SIGTERM has to do. */
  private static String signal() throws IOException {
    long ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16))
            .findFirst()
            .orElse(0);
    return (ignored & 1L << SIGINT - 1) == 0 ? "-INT" : "-TERM";
  }

  private Process start(Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.morphene.cli.Morphene",
            "up",
            "--data",
            folder.resolve("data").toString(),
            "--http-port",
            "0")
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** The database server detaches itself from its parent, so it is found by its command line. */
  private static List<ProcessHandle> serversOf(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .filter(process -> process.info().command().orElse("").startsWith(folder.toString()))
        .toList();
  }
}
