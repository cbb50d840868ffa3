package dev.morphene.rave.gin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GinConfigTest {
  @TempDir Path folder;

  private static GinConfig parse(String text) {
    return GinConfig.parse("config.gin", text);
  }

  private static GinValue value(String text) {
    GinConfig config = parse("X = " + text);
    return config.resolved(config.macro("X").orElseThrow());
  }

  private static GinValue.Sequence list(GinValue... values) {
    return new GinValue.Sequence(List.of(values));
  }

  private static GinValue whole(long value) {
    return new GinValue.Whole(value);
  }

  @Test
  void whatGinWritesIsRead() {
    GinConfig config =
        parse(
            """
            from __gin__ import dynamic_registration
            import cached_conv as cc

            # Macros:
            # ==============================================================================
            CAPACITY = 96
            DILATIONS = [[1, 3, 9], [1, 3, 9], [1, 3, 9], [1, 3]]
            RATIOS = [4, 4, 4, 2]

            # Parameters for model.RAVE:
            # ==============================================================================
            model.RAVE.channels = 1 # not the last word
            model.RAVE.encoder = @outer/blocks.Encoder
            model.RAVE.discriminator = @discriminators/blocks.Both()
            model.RAVE.names = \\
                ('a # no comment',
                 "b",
                 'long '
                 'text')
            model.RAVE.table = {'a': 1, 2: [%CAPACITY, None],}
            outer/blocks.Encoder.dilations = %DILATIONS
            model.RAVE.channels = 2
            """);
    assertThat(config.imports())
        .containsExactly("from __gin__ import dynamic_registration", "import cached_conv as cc");
    assertThat(config.bindings()).hasSize(9);
    assertThat(config.macro("CAPACITY")).map(GinBinding::value).contains(whole(96));
    assertThat(config.parameter("RAVE", "channels"))
        .contains(new GinBinding("model.RAVE.channels", "RAVE", "channels", whole(2), 22));
    assertThat(config.parameter("RAVE", "encoder"))
        .map(GinBinding::value)
        .contains(new GinValue.Reference("outer/blocks.Encoder", false));
    assertThat(config.parameter("RAVE", "discriminator"))
        .map(GinBinding::value)
        .contains(new GinValue.Reference("discriminators/blocks.Both", true));
    assertThat(config.parameter("RAVE", "names").orElseThrow().value())
        .isEqualTo(
            list(
                new GinValue.Text("a # no comment"),
                new GinValue.Text("b"),
                new GinValue.Text("long text")));
    assertThat(config.resolved(config.parameter("RAVE", "table").orElseThrow()))
        .isEqualTo(
            new GinValue.Table(
                List.of(
                    new GinValue.Entry(new GinValue.Text("a"), whole(1)),
                    new GinValue.Entry(whole(2), list(whole(96), new GinValue.Nothing())))));
    assertThat(config.resolved(config.parameter("Encoder", "dilations").orElseThrow()))
        .isEqualTo(config.macro("DILATIONS").orElseThrow().value());
  }

  @Test
  void valuesOfEveryKindAreRead() {
    assertThat(value("-7")).isEqualTo(whole(-7));
    assertThat(value("1_000_000")).isEqualTo(whole(1_000_000));
    assertThat(value("1e-6")).isEqualTo(new GinValue.Real(1e-6));
    assertThat(value("-.5")).isEqualTo(new GinValue.Real(-0.5));
    assertThat(value("1.")).isEqualTo(new GinValue.Real(1));
    assertThat(value("True")).isEqualTo(new GinValue.Truth(true));
    assertThat(value("False")).isEqualTo(new GinValue.Truth(false));
    assertThat(value("None")).isEqualTo(new GinValue.Nothing());
    assertThat(value("()")).isEqualTo(list());
    assertThat(value("(1)")).isEqualTo(whole(1));
    assertThat(value("(1,)")).isEqualTo(list(whole(1)));
    assertThat(value("[\n  1, # one\n  2,\n]")).isEqualTo(list(whole(1), whole(2)));
    assertThat(value("'\\x41\\u00e4\\n\\'\\q'")).isEqualTo(new GinValue.Text("Aä\n'\\q"));
    assertThat(value("'''a\n'b'''")).isEqualTo(new GinValue.Text("a\n'b"));
    assertThat(parse("MODE/macro.value = 3").macro("MODE")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "include 'other.gin'|line 1|no include",
        "A = 1\\nB 2|line 2|= after B",
        "A = [1, 2|line 1|, or ]",
        "A = [1\\n2]|line 2|, or ]",
        "A = {1 2}|line 1|: after a key",
        "A = 'open|line 1|the closing '",
        "A = __import__('os')|line 1|a value",
        "A = open('x')|line 1|a value",
        "A = 1 + 1|line 1|the end of the line",
        "A = @|line 1|after @",
        "A = @f(1)|line 1|the end of the line",
        "A = %|line 1|after %",
        "A = 99999999999999999999|line 1|a number that fits",
        "A = 1e999|line 1|a number that fits",
        "A = '\\x4g'|line 1|2 hexadecimal digits",
        "= 3|line 1|a name",
        "model.RAVE:|line 1|= after model.RAVE",
        "A =|line 1|found nothing",
      })
  void theErrorNamesTheLineAndWhatWasExpected(String text, String line, String expected) {
    assertThatThrownBy(() -> parse(text.replace("\\n", "\n")))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE))
        .hasMessageContaining("config.gin " + line + ":")
        .hasMessageContaining(expected);
  }

  @Test
  void depthSizeAndMacrosAreBounded() throws IOException {
    assertThatThrownBy(() -> parse("A = " + "[".repeat(100_000))).hasMessageContaining("deep");
    assertThatThrownBy(() -> parse("A = 1\n".repeat(20_000))).hasMessageContaining("statements");
    assertThatThrownBy(() -> value("%X")).hasMessageContaining("contain themselves");
    assertThatThrownBy(() -> value("%NONE")).hasMessageContaining("%NONE, which is not defined");
    StringBuilder doubling = new StringBuilder("A0 = 1\n");
    for (int i = 1; i < 40; i++) {
      doubling.append("A%d = [%%A%d, %%A%d]\n".formatted(i, i - 1, i - 1));
    }
    GinConfig config = parse(doubling.toString());
    assertThatThrownBy(() -> config.resolved(config.macro("A39").orElseThrow()))
        .isInstanceOf(JobFailure.class);
    Path large = Files.write(folder.resolve("config.gin"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> GinConfig.read(large)).hasMessageContaining("1048576 bytes");
    assertThatThrownBy(() -> GinConfig.read(folder.resolve("none"))).isInstanceOf(JobFailure.class);
    assertThatThrownBy(() -> parse("\0A = 1")).isInstanceOf(JobFailure.class);
  }

  private static OfficialSettings settings(String text) {
    return OfficialSettings.of(parse(text));
  }

  @Test
  void whatHoldsEverywhereComesBeforeWhatHoldsInAScope() {
    String everywhere = "cc.get_padding.mode = 'causal'\n";
    String scoped = "judges/cc.get_padding.mode = 'centered'\n";
    assertThat(settings(everywhere + scoped).padding()).hasToString("CAUSAL");
    assertThat(settings(scoped + everywhere).padding()).hasToString("CAUSAL");
    // Of a class that 2.3 no longer has; a file of 2.2 may name it.
    assertThat(settings("balancer.Balancer.weights = {'a': 1}").unread())
        .containsExactly("balancer.Balancer.weights");
  }

  @Test
  void settingsAreTypedAndTheOthersNamed() {
    OfficialSettings settings =
        settings(
            """
            SAMPLING_RATE = 48000
            N_BAND = 16
            LATENT_SIZE = 16
            CAPACITY = 64
            RATIOS = (4, 2)
            KERNEL_SIZE = 3
            PHASE_1_DURATION = 1e6
            cc.get_padding.mode = 'causal'
            blocks.EncoderV2.dilations = [[1, 3], [1]]
            blocks.GeneratorV2.dilations = [[1, 3], [1]]
            model.RAVE.n_channels = 2
            model.RAVE.update_discriminator_every = 4
            model.RAVE.num_skipped_features = 1
            model.BetaWarmupCallback.initial_value = 1e-6
            model.BetaWarmupCallback.target_value = 1
            model.BetaWarmupCallback.warmup_len = 20000
            some.Logger.every = 3
            """);
    assertThat(settings.samplingRateHz()).hasValue(48_000);
    assertThat(settings.latentSize()).hasValue(16);
    assertThat(settings.capacity()).hasValue(64);
    assertThat(settings.ratios()).contains(List.of(4, 2));
    assertThat(settings.kernelSize()).hasValue(3);
    assertThat(settings.dilations()).contains(List.of(List.of(1, 3), List.of(1)));
    assertThat(settings.phaseOneSteps()).hasValue(1_000_000);
    assertThat(settings.padding()).hasToString("CAUSAL");
    assertThat(settings.channels()).hasValue(2);
    assertThat(settings.updateDiscriminatorEvery()).hasValue(4);
    assertThat(settings.skippedFeatures()).hasValue(1);
    assertThat(settings.betaInitial()).hasValue(1e-6);
    assertThat(settings.betaTarget()).hasValue(1);
    assertThat(settings.betaWarmupSteps()).hasValue(20_000);
    assertThat(settings.unread()).containsExactly("some.Logger.every");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N_BAND = 8",
        "SAMPLING_RATE = 1e9",
        "SAMPLING_RATE = 44100.5",
        "CAPACITY = 'many'",
        "CAPACITY = [96]",
        "LATENT_SIZE = 0",
        "KERNEL_SIZE = 99",
        "RATIOS = [4, 400]",
        "RATIOS = 4",
        "PHASE_1_DURATION = 0",
        "DILATIONS = []",
        "DILATIONS = [1, 'a']",
        "DILATIONS = [1]\nblocks.EncoderV2.dilations = [3]",
        "convs.get_padding.mode = 'reflect'",
        "cc.get_padding.mode = 3",
        "model.RAVE.input_mode = 'mel'",
        "model.RAVE.output_mode = 'raw'",
        "model.RAVE.n_channels = 0",
        "model.BetaWarmupCallback.initial_value = 0",
        "model.BetaWarmupCallback.target_value = 'x'",
      })
  void whatCannotBeIsRefusedByNameAndLine(String text) {
    String last = text.lines().reduce((first, second) -> second).orElseThrow();
    assertThatThrownBy(() -> settings(text))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining(last.substring(0, last.indexOf(' ')))
        .hasMessageContaining("line ");
  }
}
