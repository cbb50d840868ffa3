package dev.morphene.cli.project;

import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.catalogue.Tier;
import java.nio.file.Path;
import java.util.Locale;

/** {@code models/INDEX.md}: all instruments by tier, with links to their pages. */
final class CatalogueIndex {
  private CatalogueIndex() {}

  static String of(Path project, InstrumentCatalogue catalogue) {
    StringBuilder text =
        new StringBuilder("# Instruments\n\n")
            .append(catalogue.instruments().size())
            .append(" instruments in three tiers, made in this order.\n");
    for (Tier tier : Tier.values()) {
      String word = tier.word();
      text.append("\n## ")
          .append(word.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(word.substring(1))
          .append("\n\n| number | instrument | musical | non-musical |\n|---:|---|---|---|\n");
      for (Instrument instrument : catalogue.ofTier(tier)) {
        text.append(
            "| %d | [%s](%s/README.md) | %s | %s |\n"
                .formatted(
                    instrument.number(),
                    instrument.name(),
                    link(project, instrument),
                    instrument.musicalSource(),
                    instrument.nonmusicalSource()));
      }
    }
    return text.toString();
  }

  /** The folder's name as a link may bear it. */
  private static String link(Path project, Instrument instrument) {
    Path models = project.resolve("models");
    Path folder = InstrumentFolders.of(project, instrument).model();
    return models.toUri().relativize(folder.toUri()).getRawPath().replaceAll("/$", "");
  }
}
