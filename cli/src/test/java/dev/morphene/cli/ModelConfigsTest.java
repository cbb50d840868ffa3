package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.spec.ModelConfigs;
import dev.morphene.rave.model.RaveConfig;
import org.junit.jupiter.api.Test;

/** What the coordinator lets in is what the engine has. */
class ModelConfigsTest {
  @Test
  void theEngineHasEveryConfigThatTheCoordinatorLetsIn() {
    assertThat(RaveConfig.presetNames()).isEqualTo(ModelConfigs.BASES);
    assertThat(RaveConfig.overlayNames())
        .containsExactlyInAnyOrderElementsOf(ModelConfigs.OVERLAYS);
    for (String overlay : ModelConfigs.OVERLAYS) {
      assertThat(RaveConfig.preset("v2," + overlay, 48_000).name()).isEqualTo("v2+" + overlay);
    }
  }
}
