package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.LivelyWeights;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import org.junit.jupiter.api.Test;

class LatentMappingTest {

  @Test
  void aDiscreteModelIsPlayedByItsCodesOnceTheyMeanSomething() {
    RaveConfig config =
        RaveConfig.preset("tiny", 44_100)
            .withLatent(6, new LatentSpace(LatentSpace.Kind.DISCRETE, 2, 4, 8));
    assertThat(LatentMapping.of(LivelyWeights.of(config, 1), 0.95).size()).isEqualTo(4);
    // As those of the official trainer 2.3, whose quantiser is never switched on.
    assertThat(LatentMapping.of(ModelWeights.initial(config, 1), 0.95).size()).isEqualTo(6);
  }
}
