package dev.morphene.rave.official;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shell script in place of the official command, with what it writes: figures to step 60 and
 * checkpoints whose names tell nothing of their steps.
 */
final class StandIn {
  static final int SIGNAL_SAMPLES = 4096;

  /** Short, so that a hang is found soon, and longer than a busy machine makes a script wait. */
  static final Patience IMPATIENT =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          Duration.ofMinutes(1),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(50));

  /** For runs that do not heed a stop. */
  static final Patience QUICK_TO_KILL =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMillis(500),
          Duration.ofMillis(50));

  /** For runs that are meant to end by themselves, or by a stop. */
  static final Patience PATIENT =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(20),
          Duration.ofMillis(50));

  private final Path folder;
  private final Path dataset;

  private StandIn(Path folder, Path dataset) {
    this.folder = folder;
    this.dataset = dataset;
  }

  static StandIn in(Path folder) throws IOException {
    for (String name : List.of("rave", "help.txt")) {
      try (InputStream resource = StandIn.class.getResourceAsStream(name)) {
        Files.copy(resource, folder.resolve(name));
      }
    }
    if (!folder.resolve("rave").toFile().setExecutable(true)) {
      throw new IOException("The script cannot be made executable.");
    }
    Path recorded = Files.createDirectory(folder.resolve("recorded"));
    Files.write(recorded.resolve("events"), figures().bytes());
    checkpoint(recorded.resolve("best.ckpt"), 20);
    checkpoint(recorded.resolve("epoch-epoch=0011.ckpt"), 60);
    checkpoint(recorded.resolve("epoch_20.ckpt"), 40);
    Files.writeString(recorded.resolve("epoch_60.ckpt"), "half of a check");
    Path dataset = folder.resolve("dataset");
    float[] chunk = new float[2 * SIGNAL_SAMPLES];
    Arrays.fill(chunk, 0.25f);
    try (DatasetWriter writer = DatasetWriter.create(dataset, 1, 48_000, chunk.length)) {
      for (int i = 0; i < 10; i++) {
        writer.append(chunk);
      }
      writer.finish();
    }
    return new StandIn(folder, dataset);
  }

  private static EventFileWriter figures() throws IOException {
    return new EventFileWriter()
        .scalar(10, "fullband_spectral_distance", 3)
        .scalar(20, "validation", 4.5)
        .scalar(20, "fidelity_0.95", 7)
        .audio(20, "audio_val", 100_000)
        .scalar(30, "fullband_spectral_distance", 2.5)
        .scalar(40, "validation", 5.5)
        .scalar(60, "loss_dis", 1.25)
        .scalar(60, "validation", 5.25);
  }

  static void checkpoint(Path file, long step) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("epoch", 3L);
    tree.put("global_step", step);
    tree.put("pytorch-lightning_version", "1.9.0");
    tree.put("state_dict", Map.of("latent_mean", TensorData.ofFloats(new float[] {1, 2}, 2)));
    TorchTree.write(file, tree);
  }

  Path program() {
    return folder.resolve("rave");
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put(OfficialProgram.COMMAND_VARIABLE, program().toString());
    return environment;
  }

  OfficialTrainer trainer(Patience patience) {
    return new OfficialTrainer(environment(), patience, System::nanoTime);
  }

  Path runFolder(String name) {
    return folder.resolve("runs").resolve(name);
  }

  /** What the script notes about itself. */
  Path noted(String name, String file) {
    return runFolder(name).resolve("official").resolve(file);
  }

  TrainRequest request(String name, String device) {
    return request(name, device, 4, 60);
  }

  /**
   * @param name how the script behaves
   */
  TrainRequest request(String name, String device, int batch, long maxSteps) {
    return TrainRequest.draft(name, "v2_small", dataset, runFolder(name))
        .maxSteps(maxSteps)
        .phaseOneSteps(30)
        .validateEvery(20)
        .saveEvery(20)
        .latestEvery(1_000)
        .batch(batch)
        .signalSamples(SIGNAL_SAMPLES)
        .device(device)
        .threads(2)
        .trainer(TrainerKind.RAVE)
        .build();
  }
}
