package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.agent.child.SpecTranslation;
import dev.morphene.cli.CommandFailure;
import dev.morphene.protocol.spec.TrainFeatures;
import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.HealthCondition;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FeatureOptionsTest {

  @Command
  private static final class Holder {
    @CommandLine.Mixin private final FeatureOptions features = new FeatureOptions();
  }

  private static FeatureOptions parse(String... words) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(words);
    return holder.features;
  }

  @Test
  void nothingAskedForIsThePlainRecipe() {
    assertThat(parse().features()).isEmpty();
    assertThat(parse().isFeatureMatchingTwice()).isFalse();
    assertThat(parse("--feature-matching", "2.3").isFeatureMatchingTwice()).isTrue();
  }

  @Test
  void everythingReachesTheEngine() {
    FeatureOptions options =
        parse(
            "--rand-pitch=0.7,1.3",
            "--normalize",
            "--derivative",
            "--augment=gain,mute",
            "--augment=compress",
            "--ema=0.999",
            "--precision=bf16",
            "--stop-on=plateau,silence");
    assertThat(options.features().map(SpecTranslation::features))
        .contains(
            new TrainingFeatures(
                Optional.of(new PitchRange(0.7, 1.3)),
                true,
                true,
                List.of(Augmentation.GAIN, Augmentation.MUTE, Augmentation.COMPRESS),
                OptionalDouble.of(0.999),
                Precision.BF16,
                List.of(HealthCondition.PLATEAU, HealthCondition.SILENCE)));
  }

  @ParameterizedTest
  @CsvSource({
    "--rand-pitch=0.7, 0.7",
    "--rand-pitch=1.3;0.7, 1.3",
    "--rand-pitch=0;1, lowest",
    "--augment=reverb, compress",
    "--stop-on=boredom, plateau",
    "--ema=1, below 1",
    "--precision=fp16, bf16"
  })
  void whatCannotBeIsRefusedWithTheWordsThereAre(String word, String fix) {
    assertThatThrownBy(() -> parse(word.replace(';', ',')).features())
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(fix);
  }

  /** The protocol's words and the engine's are the same. */
  @ParameterizedTest
  @EnumSource
  void everyConditionHasItsNamesake(TrainFeatures.Condition condition) {
    assertThat(HealthCondition.valueOf(condition.name())).isNotNull();
    assertThat(TrainFeatures.Condition.values()).hasSize(HealthCondition.values().length);
    assertThat(TrainFeatures.Augmentation.values()).hasSize(Augmentation.values().length);
    assertThat(TrainFeatures.Precision.values()).hasSize(Precision.values().length);
  }
}
