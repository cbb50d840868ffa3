package dev.morphene.protocol.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The 50 instruments, in order of number. */
public final class InstrumentCatalogue {
  private static final String RESOURCE = "instruments.csv";

  private final List<Instrument> instruments;

  private InstrumentCatalogue(List<Instrument> instruments) {
    this.instruments = List.copyOf(instruments);
  }

  /** Reads the catalogue that this module carries. */
  public static InstrumentCatalogue bundled() {
    try (InputStream in = InstrumentCatalogue.class.getResourceAsStream(RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new InstrumentCatalogue(
          text.lines()
              .skip(1)
              .filter(line -> !line.isBlank())
              .map(InstrumentCatalogue::parse)
              .toList());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  public List<Instrument> instruments() {
    return instruments;
  }

  public Optional<Instrument> byNumber(int number) {
    return instruments.stream().filter(instrument -> instrument.number() == number).findFirst();
  }

  public Optional<Instrument> byFolderName(String folderName) {
    return instruments.stream()
        .filter(instrument -> instrument.folderName().equals(folderName))
        .findFirst();
  }

  public List<Instrument> ofTier(Tier tier) {
    return instruments.stream().filter(instrument -> instrument.tier() == tier).toList();
  }

  /**
   * Finds the instrument that an operator means: by number, name, folder name or the beginning of
   * one, in any case, with or without accents.
   *
   * @throws UnknownInstrumentException with one sentence when it is none, or could be several
   */
  public Instrument find(String text) {
    String wanted = Instrument.plain(text.trim());
    List<Instrument> exact =
        instruments.stream()
            .filter(
                instrument ->
                    instrument.folderName().equals(wanted)
                        || Integer.toString(instrument.number()).equals(wanted))
            .toList();
    List<Instrument> found =
        !exact.isEmpty() || wanted.isEmpty()
            ? exact
            : instruments.stream()
                .filter(instrument -> instrument.folderName().startsWith(wanted))
                .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw found.isEmpty()
        ? UnknownInstrumentException.none(text)
        : UnknownInstrumentException.several(text, found);
  }

  /** The file holds no quoted fields; a line that does not have five is a fault of ours. */
  private static Instrument parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != 5) {
      throw new IllegalStateException(
          "The catalogue line \"" + line + "\" does not have five fields.");
    }
    return new Instrument(
        Integer.parseInt(fields[0].trim()),
        fields[1].trim(),
        Tier.valueOf(fields[2].trim().toUpperCase(Locale.ROOT)),
        fields[3].trim(),
        fields[4].trim());
  }
}
