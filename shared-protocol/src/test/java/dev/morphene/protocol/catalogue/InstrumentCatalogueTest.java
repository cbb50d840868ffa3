package dev.morphene.protocol.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstrumentCatalogueTest {
  @TempDir Path project;

  private final InstrumentCatalogue catalogue = InstrumentCatalogue.bundled();

  @Test
  void holdsFiftyInstrumentsNumberedFromOne() {
    assertThat(catalogue.instruments())
        .extracting(Instrument::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    assertThat(catalogue.instruments()).extracting(Instrument::folderName).doesNotHaveDuplicates();
  }

  @Test
  void theFirstInstrumentMadeIsNumberTen() {
    Instrument pyroviolin = catalogue.byNumber(10).orElseThrow();
    assertThat(pyroviolin.name()).isEqualTo("Pyroviolin");
    assertThat(catalogue.byFolderName("pyroviolin")).contains(pyroviolin);
  }

  @Test
  void foldersBearNoAccents() {
    assertThat(catalogue.byFolderName("caferhodes").orElseThrow().name()).isEqualTo("Caférhodes");
  }

  @Test
  void anInstrumentIsFoundByWhateverAnOperatorCallsIt() {
    Instrument caferhodes = catalogue.byFolderName("caferhodes").orElseThrow();
    for (String text :
        List.of(
            Integer.toString(caferhodes.number()),
            "Caférhodes",
            "CAFERHODES",
            "Cafe\u0301rhodes",
            " café")) {
      assertThat(catalogue.find(text)).as(text).isEqualTo(caferhodes);
    }
    assertThat(catalogue.find("1").number()).isEqualTo(1);
  }

  @Test
  void whatIsNoInstrumentOrSeveralIsToldInOneSentence() {
    for (String text : List.of("51", "0", "violin", "", "-1")) {
      assertThatThrownBy(() -> catalogue.find(text))
          .isInstanceOf(UnknownInstrumentException.class)
          .hasMessageStartingWith("There is no instrument \"" + text + "\"");
    }
    assertThatThrownBy(() -> catalogue.find("w"))
        .isInstanceOf(UnknownInstrumentException.class)
        .hasMessageContaining("could be")
        .hasMessageContaining("2 Washmoog, 4 Windshaku");
  }

  @Test
  void tiersHaveNamesAndNumbers() {
    assertThat(Tier.parse("1")).isEqualTo(Tier.FLAGSHIP);
    assertThat(Tier.parse("Strong")).isEqualTo(Tier.STRONG);
    assertThat(Tier.parse("3")).isEqualTo(Tier.EXPERIMENTAL);
    assertThatThrownBy(() -> Tier.parse("4")).hasMessageContaining("not \"4\"");
    assertThat(catalogue.ofTier(Tier.FLAGSHIP))
        .isNotEmpty()
        .allMatch(instrument -> instrument.tier() == Tier.FLAGSHIP);
  }

  @Test
  void theFolderTreeIsTheGuides() {
    InstrumentFolders folders =
        InstrumentFolders.of(Path.of("/p"), catalogue.byNumber(10).orElseThrow());
    assertThat(folders.musicalRaw()).isEqualTo(Path.of("/p/sources/pyroviolin/musical/raw"));
    assertThat(folders.exportedModel())
        .isEqualTo(Path.of("/p/models/pyroviolin/final/pyroviolin.ts"));
    assertThat(InstrumentFolders.auditOf(folders.audits(), 50_000))
        .isEqualTo(Path.of("/p/models/pyroviolin/audit/050000"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"caf%C3%A9rhodes", "cafe%CC%81rhodes", "Caf%C3%A9rhodes"})
  void aFolderThatStillBearsTheAccentIsUsed(String bytesOfItsName) throws Exception {
    // Percent signs, so that the test runs in every locale.
    Path accented = Path.of(URI.create(project.toUri() + "models/" + bytesOfItsName));
    Files.createDirectories(accented);
    InstrumentFolders folders =
        InstrumentFolders.of(project, catalogue.byFolderName("caferhodes").orElseThrow());
    assertThat(folders.model()).isEqualTo(accented);
    assertThat(folders.exportedModel())
        .isEqualTo(accented.resolve("final").resolve("caferhodes.ts"));
    assertThat(folders.trainingData()).isEqualTo(project.resolve("training_data/caferhodes"));

    Files.createDirectories(project.resolve("models/caferhodes"));
    assertThat(folders.model()).isEqualTo(project.resolve("models/caferhodes"));
  }
}
