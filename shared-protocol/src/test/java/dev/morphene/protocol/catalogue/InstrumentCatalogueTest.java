package dev.morphene.protocol.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InstrumentCatalogueTest {
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
  void theFolderTreeIsTheGuides() {
    InstrumentFolders folders =
        InstrumentFolders.of(Path.of("/p"), catalogue.byNumber(10).orElseThrow());
    assertThat(folders.musicalRaw()).isEqualTo(Path.of("/p/sources/pyroviolin/musical/raw"));
    assertThat(folders.exportedModel())
        .isEqualTo(Path.of("/p/models/pyroviolin/final/pyroviolin.ts"));
    assertThat(InstrumentFolders.auditOf(folders.audits(), 50_000))
        .isEqualTo(Path.of("/p/models/pyroviolin/audit/050000"));
  }
}
