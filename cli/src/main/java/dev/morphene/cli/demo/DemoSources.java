package dev.morphene.cli.demo;

import dev.morphene.protocol.spec.SourceRecord;
import dev.morphene.rave.audio.AudioDecoder;
import dev.morphene.rave.audio.UnusableAudioException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the bundled recordings come from (samples/README.md), with their hours measured. */
final class DemoSources {
  private static final int SAMPLING_RATE_HZ = 48_000;
  private static final double SECONDS_PER_HOUR = 3_600;

  private DemoSources() {}

  static List<SourceRecord> of(DemoProject project) {
    Path violin = project.folders().musicalRaw();
    Path fire = project.folders().nonmusicalRaw();
    return List.of(
        source(
            "musical",
            "Violin phrases, rendered with FluidSynth from the FluidR3 GM SoundFont",
            "synthesized",
            "MIT (SoundFont)",
            violin,
            "violin_"),
        source(
            "nonmusical",
            "Fire, dobroide, freesound.org sound 4211",
            "recorded",
            "CC BY 3.0",
            fire,
            "fire_small"),
        source(
            "nonmusical",
            "Fire, Dynamicell, freesound.org sound 17548",
            "recorded",
            "CC BY 3.0",
            fire,
            "fire_large",
            "fire_fire."));
  }

  private static SourceRecord source(
      String type, String name, String origin, String license, Path folder, String... prefixes) {
    try (Stream<Path> listed = Files.list(folder)) {
      List<Path> files =
          listed
              .filter(
                  file ->
                      Stream.of(prefixes)
                          .anyMatch(prefix -> file.getFileName().toString().startsWith(prefix)))
              .sorted()
              .toList();
      double seconds = files.stream().mapToDouble(DemoSources::seconds).sum();
      return new SourceRecord(
          type,
          name,
          origin,
          Optional.of(license),
          seconds / SECONDS_PER_HOUR,
          files.stream().map(file -> file.getFileName().toString()).toList());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /**
   * A file that cannot be read counts nothing here; the preprocess job names it with the reason.
   */
  private static double seconds(Path file) {
    try {
      return (double) AudioDecoder.decodeMono(file, SAMPLING_RATE_HZ).length / SAMPLING_RATE_HZ;
    } catch (UnusableAudioException | IOException unusable) {
      return 0;
    }
  }
}
