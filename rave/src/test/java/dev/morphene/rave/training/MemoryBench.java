package dev.morphene.rave.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.RaveProcess;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.storage.FolderTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Peak memory and seconds of a step of each phase, by rehearsals in child processes on the bundled
 * recordings, as rows of a table: {@code rave/bench memory BATCH SIGNAL THREADS CONFIG...}, {@code
 * rave/bench memory 1 73728 2 v2 tiny} for instance.
 */
final class MemoryBench {
  private static final int RATE_HZ = 48_000;
  private static final Path SAMPLES = Path.of("samples", "pyroviolin");

  private final Path folder;
  private final int batch;
  private final int signal;
  private final int threads;

  private MemoryBench(Path folder, int batch, int signal, int threads) {
    this.folder = folder;
    this.batch = batch;
    this.signal = signal;
    this.threads = threads;
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 4) {
      System.err.println("bench: give BATCH SIGNAL THREADS CONFIG..., 1 73728 2 v2 for instance.");
      System.exit(2);
    }
    Path folder = Files.createTempDirectory("memory-");
    try {
      MemoryBench bench =
          new MemoryBench(
              folder,
              Integer.parseInt(arguments[0]),
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]));
      bench.preprocess();
      System.out.println(
          "| config | phase | batch | signal samples | peak resident size, MiB | seconds per step"
              + " |");
      System.out.println("|---|---|---|---|---|---|");
      List<String> failures = new ArrayList<>();
      for (String config : List.of(arguments).subList(3, arguments.length)) {
        try {
          bench.rehearse(config);
        } catch (IOException failure) {
          failures.add(config + ": " + failure.getMessage());
        }
      }
      failures.forEach(System.err::println);
      if (!failures.isEmpty()) {
        throw new IOException(failures.size() + " of the rehearsals failed; see above.");
      }
    } finally {
      FolderTree.delete(folder);
    }
  }

  private void preprocess() throws IOException {
    run(
        "preprocess",
        new PreprocessRequest(
            List.of(input("musical"), input("nonmusical")),
            folder.resolve("dataset"),
            RATE_HZ,
            1,
            signal,
            -14,
            -1,
            false,
            false));
  }

  private PreprocessRequest.Input input(String type) {
    return new PreprocessRequest.Input(
        type, SAMPLES.resolve(type).resolve("raw").toAbsolutePath(), folder.resolve(type));
  }

  private void rehearse(String config) throws IOException {
    TrainRequest request =
        TrainRequest.draft("Pyroviolin", config, folder.resolve("dataset"), folder.resolve("run"))
            .batch(batch)
            .signalSamples(signal)
            .seed(7)
            .threads(threads)
            .build();
    for (JsonNode phase : run("train", request.asRehearsal()).path("phases")) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %d | %,d | %,d | %.1f |%n",
          config,
          phase.path("phase").asInt(),
          batch,
          signal,
          phase.path("peakResidentBytes").asLong() >> 20,
          phase.path("medianStepSeconds").asDouble());
    }
  }

  private JsonNode run(String kind, Object request) throws IOException {
    Path file = folder.resolve("request.json");
    Files.writeString(file, ProcessJson.mapper().writeValueAsString(request));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx4096m",
            "-Dai.djl.offline=true",
            RaveProcess.class.getName(),
            kind,
            file.toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    Path log = folder.resolve("child.log");
    builder.redirectError(log.toFile());
    try (BufferedReader output = builder.start().inputReader(StandardCharsets.UTF_8)) {
      String last = "nothing";
      for (String text = output.readLine(); text != null; text = output.readLine()) {
        last = text;
      }
      if (ProcessJson.mapper().readValue(last, ProcessLine.class)
          instanceof ProcessLine.Done done) {
        return done.result();
      }
      throw new IOException(kind + " ended with " + last + "; its log:\n" + Files.readString(log));
    }
  }
}
