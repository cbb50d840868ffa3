package dev.morphene.cli.source;

import dev.morphene.cli.catalogue.CatalogueWords;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** {@code --instrument N}, which leaves out the others. */
final class InstrumentFilter {
  @Option(
      names = {"-i", "--instrument"},
      paramLabel = "N",
      description = "Only of this one: its number, its name or the beginning of its name.")
  private String instrument;

  OptionalInt number() {
    return instrument == null
        ? OptionalInt.empty()
        : OptionalInt.of(CatalogueWords.instrument(instrument).number());
  }
}
