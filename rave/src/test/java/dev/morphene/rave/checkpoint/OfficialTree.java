package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A checkpoint as the official trainer lays it out, for tests to change and write. */
final class OfficialTree {
  final ModelWeights weights;
  final Map<String, TensorData> state = new LinkedHashMap<>();
  final Map<String, Object> tree = new LinkedHashMap<>();

  OfficialTree(RaveConfig config, long step) {
    weights = ModelWeights.initial(config, 1);
    state.putAll(weights.tensors());
    state.put("pqmf.h", TensorData.ofFloats(new float[377], 377));
    DiscriminatorModule.module(config.discriminator(), config.channels(), new Random(1))
        .stateDict()
        .forEach((key, tensor) -> state.put("discriminator." + key, tensor));
    tree.put("epoch", 3L);
    tree.put("global_step", step);
    tree.put("pytorch-lightning_version", "1.9.0");
    tree.put("state_dict", state);
    tree.put("callbacks", Map.of("WarmupCallback", Map.of("training_steps", step)));
    tree.put("optimizer_states", List.of(adam(), adam()));
  }

  private static Map<String, Object> adam() {
    return Map.of("state", Map.of(), "param_groups", List.of());
  }

  /** Writes it in a run's folder. */
  Path write(Path run, String version, String name) throws IOException {
    Path folder = Files.createDirectories(run.resolve(version).resolve("checkpoints"));
    TorchTree.write(folder.resolve(name), tree);
    return folder.resolve(name);
  }
}
