package dev.morphene.protocol.catalogue;

import java.util.List;
import java.util.stream.Collectors;

/** An operator's word that means no instrument, or several; the message is one sentence. */
public final class UnknownInstrumentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private UnknownInstrumentException(String sentence) {
    super(sentence);
  }

  static UnknownInstrumentException none(String text) {
    return new UnknownInstrumentException(
        "There is no instrument \"" + text + "\"; morphene instruments --list shows all 50.");
  }

  static UnknownInstrumentException several(String text, List<Instrument> found) {
    return new UnknownInstrumentException(
        "\""
            + text
            + "\" could be "
            + found.stream()
                .map(instrument -> instrument.number() + " " + instrument.name())
                .collect(Collectors.joining(", "))
            + "; write more of it, or the number.");
  }
}
