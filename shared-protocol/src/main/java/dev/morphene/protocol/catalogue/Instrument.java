package dev.morphene.protocol.catalogue;

import java.text.Normalizer;
import java.util.Locale;

/**
 * One instrument of the catalogue.
 *
 * @param number 1 to 50
 * @param name as it is sold
 * @param musicalSource what is played
 * @param nonmusicalSource what it is crossed with
 */
public record Instrument(
    int number, String name, Tier tier, String musicalSource, String nonmusicalSource) {

  /** Name in lower case without accents; the name of its folders and files. */
  public String folderName() {
    return plain(name);
  }

  static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .toLowerCase(Locale.ROOT);
  }
}
