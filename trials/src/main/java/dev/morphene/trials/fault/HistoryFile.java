package dev.morphene.trials.fault;

import dev.morphene.trials.history.TrainerLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Where all trainers of a trial write: each line with one appending write, so that none mix. */
record HistoryFile(Path path) {
  /** Environment variable by which trainers find it. */
  static final String VARIABLE = "MORPHENE_TRIAL_HISTORY";

  static HistoryFile ofEnvironment() {
    return new HistoryFile(Path.of(System.getenv(VARIABLE)));
  }

  void append(TrainerLine line) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap((line.text() + "\n").getBytes(StandardCharsets.US_ASCII)));
    }
  }

  List<TrainerLine> read() throws IOException {
    try {
      return Files.readAllLines(path, StandardCharsets.US_ASCII).stream()
          .map(TrainerLine::parse)
          .flatMap(Optional::stream)
          .toList();
    } catch (NoSuchFileException nobodyWroteYet) {
      return List.of();
    }
  }
}
