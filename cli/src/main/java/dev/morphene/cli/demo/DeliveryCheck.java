package dev.morphene.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.rave.audio.WavReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Looks at what was made: is every file of the guide's tree there, and is every rendering 48 kHz,
 * as long as asked and not silent?
 */
public final class DeliveryCheck {
  private static final int SAMPLING_RATE_HZ = 48_000;
  private static final double DEMONSTRATION_SECONDS = 60;
  private static final double SILENCE_PEAK = 1e-3;
  static final String SILENT = " is silent; the model has to train longer, with more --steps.";

  private static final List<String> RENDERINGS =
      List.of(
          "musical_recon.wav",
          "nonmusical_recon.wav",
          "morph_00.wav",
          "morph_25.wav",
          "morph_50.wav",
          "morph_75.wav",
          "morph_100.wav");

  private final List<Row> rows = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private DeliveryCheck() {}

  /** One line of the closing table. */
  public record Row(String what, String detail, Path where) {}

  /**
   * @param rows what was made and where
   * @param problems what is missing or wrong, one sentence each; empty when all is well
   */
  public record Result(List<Row> rows, List<String> problems) {}

  /**
   * @param auditSeconds length that the audits were asked for
   */
  public static Result of(InstrumentFolders folders, double auditSeconds) {
    DeliveryCheck check = new DeliveryCheck();
    check.dataset(folders);
    check.checkpoints(folders);
    check.audits(folders, auditSeconds);
    check.delivery(folders);
    return new Result(List.copyOf(check.rows), List.copyOf(check.problems));
  }

  private void dataset(InstrumentFolders folders) {
    Path data = folders.trainingData().resolve("data.mdb");
    if (present(data) && present(folders.trainingData().resolve("metadata.yaml"))) {
      rows.add(new Row("dataset", size(data), folders.trainingData()));
    }
  }

  private void checkpoints(InstrumentFolders folders) {
    List<Path> files = list(folders.checkpoints(), ".ckpt");
    if (files.isEmpty()) {
      problems.add("There is no checkpoint in " + folders.checkpoints() + ".");
    } else {
      rows.add(new Row("checkpoints", files.size() + " kept", folders.checkpoints()));
    }
  }

  private void audits(InstrumentFolders folders, double auditSeconds) {
    List<Path> audits = list(folders.audits(), "");
    if (audits.isEmpty()) {
      problems.add("There is no audit in " + folders.audits() + ".");
    }
    for (Path audit : audits) {
      boolean complete = present(audit.resolve("audit.json"));
      for (String rendering : RENDERINGS) {
        complete &= rendering(audit.resolve(rendering), auditSeconds);
      }
      if (complete) {
        rows.add(
            new Row(
                "audit of step " + Long.parseLong(audit.getFileName().toString()),
                RENDERINGS.size() + " renderings",
                audit));
      }
    }
  }

  private void delivery(InstrumentFolders folders) {
    Path model = folders.exportedModel();
    if (present(model)) {
      rows.add(new Row("model for nn~", size(model), model));
    }
    Path demonstration = folders.delivery().resolve("demo.wav");
    if (rendering(demonstration, DEMONSTRATION_SECONDS)) {
      rows.add(new Row("demonstration", "60 s", demonstration));
    }
    Path metadata = folders.delivery().resolve("metadata.json");
    if (present(metadata)) {
      try {
        JsonNode tree = ProtocolJson.mapper().readTree(metadata.toFile());
        rows.add(new Row("metadata", tree.size() + " entries", metadata));
      } catch (IOException cause) {
        problems.add(metadata + " is no JSON: " + cause.getMessage() + ".");
      }
    }
  }

  private boolean present(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > 0) {
        return true;
      }
      problems.add(file + (Files.exists(file) ? " is empty." : " is missing."));
    } catch (IOException cause) {
      problems.add(file + " cannot be read: " + cause.getMessage() + ".");
    }
    return false;
  }

  private boolean rendering(Path file, double seconds) {
    if (!present(file)) {
      return false;
    }
    try (WavReader reader = WavReader.open(file)) {
      long expected = Math.round(seconds * SAMPLING_RATE_HZ);
      if (reader.format().samplingRateHz() != SAMPLING_RATE_HZ) {
        problems.add(file + " is " + reader.format().samplingRateHz() + " Hz, not 48000.");
      } else if (reader.samples() != expected) {
        problems.add(file + " has " + reader.samples() + " samples, not " + expected + ".");
      } else if (peak(reader) < SILENCE_PEAK) {
        problems.add(file + SILENT);
      } else {
        return true;
      }
    } catch (IOException cause) {
      problems.add(file + " cannot be read: " + cause.getMessage() + ".");
    }
    return false;
  }

  private static float peak(WavReader reader) throws IOException {
    float peak = 0;
    for (float[] channel : reader.read(Math.toIntExact(reader.samples()))) {
      for (float sample : channel) {
        peak = Math.max(peak, Math.abs(sample));
      }
    }
    return peak;
  }

  private List<Path> list(Path folder, String ending) {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed
          .filter(path -> path.getFileName().toString().endsWith(ending))
          .sorted()
          .toList();
    } catch (IOException cause) {
      problems.add(folder + " cannot be read: " + cause.getMessage() + ".");
      return List.of();
    }
  }

  private static String size(Path file) {
    try {
      return String.format(Locale.ROOT, "%.1f MB", Files.size(file) / 1e6);
    } catch (IOException unreadable) {
      return "";
    }
  }
}
