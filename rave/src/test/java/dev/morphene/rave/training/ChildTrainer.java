package dev.morphene.rave.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.RaveProcess;
import dev.morphene.rave.process.TrainRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A training process as an agent starts it: requests in a file, lines out, commands in. */
final class ChildTrainer implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final OutputStream input;
  private final List<ProcessLine> lines = new ArrayList<>();

  private ChildTrainer(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = process.getOutputStream();
  }

  static ChildTrainer start(TrainRequest request, Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "request", ".json");
    Files.writeString(file, ProcessJson.mapper().writeValueAsString(request));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            RaveProcess.class.getName(),
            "train",
            file.toString());
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    builder.redirectError(Files.createTempFile(folder, "trainer", ".log").toFile());
    return new ChildTrainer(builder.start());
  }

  /** Reads lines up to one that fits; fails when the output ends first. */
  <T extends ProcessLine> T await(Class<T> type, Predicate<T> condition) throws IOException {
    for (String text = output.readLine(); text != null; text = output.readLine()) {
      ProcessLine line = ProcessJson.mapper().readValue(text, ProcessLine.class);
      lines.add(line);
      if (type.isInstance(line) && condition.test(type.cast(line))) {
        return type.cast(line);
      }
    }
    throw new AssertionError("The trainer ended without the line waited for: " + lines);
  }

  void send(ProcessCommand command) throws IOException {
    String text = ProcessJson.mapper().writerFor(ProcessCommand.class).writeValueAsString(command);
    input.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  void closeInput() throws IOException {
    input.close();
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** All lines read so far. */
  List<ProcessLine> lines() {
    return lines;
  }

  <T extends ProcessLine> List<T> lines(Class<T> type) {
    return lines.stream().filter(type::isInstance).map(type::cast).toList();
  }

  JsonNode awaitResult() throws IOException {
    return await(ProcessLine.Done.class, line -> true).result();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
