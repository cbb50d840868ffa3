package dev.morphene.rave.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TorchBuildTest {
  @Test
  void flavoursOfCudaAreKnown() {
    assertThat(TorchBuild.isCuda("cu124")).isTrue();
    assertThat(TorchBuild.isCuda("cpu")).isFalse();
    assertThat(TorchBuild.isCuda("cpu-precxx11")).isFalse();
  }

  @Test
  void theBuildTellsWhatItHas() {
    boolean expected = System.getProperty("java.class.path").contains("pytorch-native-cu");
    assertThat(TorchBuild.isForCuda()).isEqualTo(expected);
  }
}
