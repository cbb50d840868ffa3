package dev.morphene.rave.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code metadata.yaml} of a dataset: four scalar keys in alphabetical order.
 *
 * @param channels stored channels
 * @param lazy true when records hold paths instead of samples
 * @param seconds as the official tool counts: one chunk less than there are
 * @param samplingRateHz of all records
 */
record DatasetMetadata(int channels, boolean lazy, double seconds, int samplingRateHz) {
  static final String FILE_NAME = "metadata.yaml";

  void write(Path folder) throws IOException {
    String text =
        "channels: "
            + channels
            + "\nlazy: "
            + lazy
            + "\nn_seconds: "
            + seconds
            + "\nsr: "
            + samplingRateHz
            + "\n";
    Files.writeString(folder.resolve(FILE_NAME), text, StandardCharsets.UTF_8);
  }

  /** Sets of version 2.2 and before lack channels and rate; their values were fixed. */
  static DatasetMetadata read(Path folder) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve(FILE_NAME), StandardCharsets.UTF_8)) {
      int colon = line.indexOf(':');
      if (colon > 0 && !line.startsWith("#")) {
        values.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    try {
      return new DatasetMetadata(
          Integer.parseInt(values.getOrDefault("channels", "1")),
          Boolean.parseBoolean(values.getOrDefault("lazy", "false")),
          Double.parseDouble(values.getOrDefault("n_seconds", "0")),
          Integer.parseInt(values.getOrDefault("sr", "44100")));
    } catch (NumberFormatException notANumber) {
      throw new IOException(FILE_NAME + " holds no number: " + notANumber.getMessage(), notANumber);
    }
  }
}
