package dev.morphene.rave.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.OfficialFixture;
import dev.morphene.rave.export.InstrumentOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instruments out of official runs. */
class OfficialDeliveryTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"v1", "v2", "v2_small", "v3", "v2+wasserstein", "v2+spherical", "discrete"})
  void everyConfigIsDelivered(String preset) throws Exception {
    Path run = Files.createDirectories(folder.resolve("glass_0123456789"));
    Files.writeString(run.resolve("config.gin"), "SAMPLING_RATE = 48000\nsome.Loss.weight = 1\n");
    Path file = run.resolve("best.ckpt");
    OfficialCheckpointWriter.write(
        file, OfficialFixture.checkpoint(OfficialFixture.shrunken(preset)));
    Path target = folder.resolve("glass.ts");
    ExportedModel model =
        ExportedModel.write(file, false, target, InstrumentOptions.of(true, 0.95));
    assertThat(target).isNotEmptyFile();
    assertThat(model.name()).isEqualTo("glass");
    assertThat(model.samplingRateHz()).isEqualTo(48_000);
    assertThat(model.phase()).isEqualTo(2);
    assertThat(model.notes()).anyMatch(note -> note.contains("some.Loss.weight"));
  }

  @Test
  void aStrayFileIsDeliveredWithWhatWasAssumed() throws Exception {
    Path file = folder.resolve("alone.ckpt");
    OfficialCheckpointWriter.write(
        file, OfficialFixture.checkpoint(OfficialFixture.shrunken("v2")));
    ExportedModel model =
        ExportedModel.write(file, false, folder.resolve("a.ts"), InstrumentOptions.of(false, 0.95));
    assertThat(model.samplingRateHz()).isEqualTo(44_100);
    assertThat(model.notes()).anyMatch(note -> note.contains("no config.gin"));
  }
}
