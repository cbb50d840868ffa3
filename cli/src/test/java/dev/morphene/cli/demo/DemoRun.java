package dev.morphene.cli.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of {@code morphene demo} in a process of its own.
 *
 * @param output everything it printed
 */
record DemoRun(int exitCode, String output) {

  /** Runs it to its end. */
  static DemoRun of(Path out, Path log, String... flags) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmorphene.home=" + new File("..").getCanonicalPath(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.morphene.cli.Morphene",
                "demo",
                "--out",
                out.toString()));
    command.addAll(List.of(flags));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return new DemoRun(process.waitFor(), Files.readString(log));
    } finally {
      process.destroy();
    }
  }
}
