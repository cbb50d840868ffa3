package dev.morphene.rave.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneDnnTest {
  @Test
  void convolutionsAreRightOnceARuntimeIsOpen() {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
      assertThat(OneDnn.isRight(runtime)).isTrue();
    }
  }

  @Test
  void libtorchConvolvesRightByItself() {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
      OneDnn.avoid(runtime);
      assertThat(OneDnn.isRight(runtime)).isTrue();
      OneDnn.trust(runtime);
      if (!OneDnn.isRight(runtime)) {
        System.out.println("oneDNN computes wrongly on this processor; the engine goes without.");
        OneDnn.avoid(runtime);
      }
    }
  }
}
