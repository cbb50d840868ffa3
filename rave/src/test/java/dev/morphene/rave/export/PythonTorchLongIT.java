package dev.morphene.rave.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.SmallConfigs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every configuration in Python's PyTorch. */
class PythonTorchLongIT {
  private static final List<String> ALL =
      List.of(
          "v1",
          "v2",
          "v2_small",
          "v3",
          "discrete",
          "onnx",
          "raspberry",
          "tiny",
          "v1+causal",
          "v2+causal",
          "v2_small+causal",
          "v2+noise",
          "v2+wasserstein",
          "v2+spherical",
          "v2+snake",
          "v2+adain",
          "v3+causal+noise");

  @TempDir Path folder;

  /** Narrow ones, with the layers, delays and caches of the official widths; some at full width. */
  @Test
  void everyConfigurationStreamsThereAsItSoundsOffline() throws Exception {
    Optional<String> python = OtherTorch.python();
    if (python.isEmpty()) {
      System.out.println("SKIPPED: no python3 with torch here; install python3-torch.");
    }
    assumeTrue(python.isPresent(), "no python3 with torch");
    Map<String, RaveConfig> models = new LinkedHashMap<>();
    ALL.forEach(preset -> models.put(preset, SmallConfigs.narrow(preset, 4)));
    models.put("v2 in stereo", SmallConfigs.narrow("v2", 4).withChannels(2));
    for (String preset : List.of("v2_small", "v1")) {
      models.put(preset + " at full width", RaveConfig.preset(preset, 44_100));
    }
    OtherTorch.checkStreaming(python.get(), folder, models);
  }
}
