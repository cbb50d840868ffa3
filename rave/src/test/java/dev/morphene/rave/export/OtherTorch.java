package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.model.LivelyWeights;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Python's PyTorch, where there is one: another runtime of another age. */
final class OtherTorch {
  static final Path SCRIPT = Path.of("src/test/python/check_export.py");

  private OtherTorch() {}

  /** How a program ended and what it printed. */
  record Finished(int exitCode, String output) {}

  static Finished run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Finished(process.waitFor(), output);
  }

  /** The first Python that has PyTorch. */
  static Optional<String> python() throws InterruptedException {
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      try {
        if (run(List.of(candidate, "-c", "import torch")).exitCode() == 0) {
          return Optional.of(candidate);
        }
      } catch (IOException e) {
        // Not there: the next one may be.
        continue;
      }
    }
    return Optional.empty();
  }

  /** Exports models, streaming and offline, and has each pair compared there to 1e-4. */
  static void checkStreaming(String python, Path folder, Map<String, RaveConfig> models)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python, SCRIPT.toString()));
    models.forEach(
        (name, config) ->
            command.addAll(pair(folder, name, config, OptionalInt.empty(), OptionalInt.empty())));
    RaveConfig first = models.values().iterator().next();
    OptionalInt twice = OptionalInt.of(2 * first.samplingRateHz());
    command.addAll(pair(folder, "wide", first, twice, OptionalInt.of(2)));
    Finished finished = run(command);
    finished
        .output()
        .lines()
        .filter(line -> line.contains("difference") || line.endsWith(":"))
        .forEach(System.out::println);
    assertThat(finished.exitCode()).as(finished.output()).isZero();
    assertThat(finished.output()).contains("all checks held");
    assertThat(finished.output().lines().filter(line -> line.contains("a batch of 5")))
        .hasSize(models.size() + 1);
  }

  private static List<String> pair(
      Path folder, String name, RaveConfig config, OptionalInt rate, OptionalInt channels) {
    ModelWeights weights = LivelyWeights.of(config, 7);
    List<String> files = new ArrayList<>();
    for (boolean streaming : List.of(true, false)) {
      Path file = folder.resolve(name + (streaming ? "-streaming.ts" : "-offline.ts"));
      InstrumentExport.write(file, weights, new InstrumentOptions(streaming, 0.95, rate, channels));
      files.add(file.toString());
    }
    return files;
  }
}
