package dev.morphene.cli.catalogue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.Tier;
import dev.morphene.protocol.catalogue.UnknownInstrumentException;

/** Instruments and tiers as an operator types them. */
public final class CatalogueWords {
  private CatalogueWords() {}

  /** An instrument by number, name or the beginning of one; another word ends the command. */
  public static Instrument instrument(String typed) {
    try {
      return InstrumentCatalogue.bundled().find(typed);
    } catch (UnknownInstrumentException unknown) {
      throw new CommandFailure(ExitCode.NOT_FOUND, unknown.getMessage(), unknown);
    }
  }

  /** A tier by name or number; another word ends the command. */
  public static Tier tier(String typed) {
    try {
      return Tier.parse(typed.trim());
    } catch (IllegalArgumentException unknown) {
      throw new CommandFailure(ExitCode.USAGE, unknown.getMessage(), unknown);
    }
  }
}
