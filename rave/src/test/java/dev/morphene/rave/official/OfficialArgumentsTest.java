package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.HealthCondition;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OfficialArgumentsTest {
  private static final TrainRequest PLAIN =
      TrainRequest.draft("violin", "v2", Path.of("/data"), Path.of("/run"))
          .maxSteps(100)
          .validateEvery(10)
          .saveEvery(10)
          .latestEvery(10)
          .threads(4)
          .build();

  private static List<String> words(TrainRequest request) {
    return OfficialArguments.of(request, 1, Path.of("/run/official"), Optional.empty());
  }

  @Test
  void featuresGoByTheirOfficialFlags() {
    TrainingFeatures features =
        new TrainingFeatures(
            Optional.of(new PitchRange(0.7, 1.3)),
            true,
            true,
            List.of(Augmentation.MUTE, Augmentation.COMPRESS),
            OptionalDouble.of(0.999),
            Precision.FP32,
            List.of());
    List<String> more = new ArrayList<>(words(PLAIN.with(features)));
    more.removeAll(words(PLAIN));
    assertThat(more)
        .containsExactly(
            "--rand_pitch=0.7,1.3",
            "--normalize",
            "--derivative",
            "--augment=mute",
            "--augment=compress",
            "--ema=0.999");
  }

  @Test
  void whatTheProgramCannotDoIsRefused() {
    TrainingFeatures watched =
        new TrainingFeatures(
            Optional.empty(),
            false,
            false,
            List.of(),
            OptionalDouble.empty(),
            Precision.FP32,
            List.of(HealthCondition.PLATEAU));
    assertThatThrownBy(() -> words(PLAIN.with(watched)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("use the native trainer");
    assertThatThrownBy(() -> words(PLAIN.asRehearsal())).isInstanceOf(JobFailure.class);
    TrainingFeatures half = TrainingFeatures.none().with(Precision.BF16);
    assertThatThrownBy(() -> words(PLAIN.with(half)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("precision");
  }
}
