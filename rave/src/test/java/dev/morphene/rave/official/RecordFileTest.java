package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
  @TempDir Path folder;

  private static byte[] threeFigures() throws IOException {
    return new EventFileWriter()
        .scalar(50, "validation", 1.5)
        .audio(50, "audio_val", 300)
        .scalar(1L << 40, "loss_dis", -0.25)
        .bytes();
  }

  private static List<Scalar> scalars(RecordFile file) throws IOException {
    List<Scalar> scalars = new ArrayList<>();
    for (byte[] record : file.next()) {
      scalars.addAll(EventRecord.scalars(record));
    }
    return scalars;
  }

  /** The check value of CRC-32C for these digits is e3069283 (RFC 3720 calls the same sum). */
  @Test
  void theChecksumIsTheMaskedCastagnoliSum() {
    int sum = 0xe3069283;
    assertThat(RecordFile.maskedChecksum("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(((sum >>> 15) | (sum << 17)) + 0xa282ead8);
  }

  @Test
  void scalarsAreReadAndTheRestIsSkipped() throws IOException {
    Path path = folder.resolve("events");
    Files.write(path, threeFigures());
    RecordFile file = new RecordFile(path);
    assertThat(scalars(file))
        .containsExactly(
            new Scalar(50, "validation", 1.5), new Scalar(1L << 40, "loss_dis", -0.25));
    assertThat(file.next()).isEmpty();
  }

  @Test
  void whereverTheFileEndsNowTheRestIsReadLater() throws IOException {
    byte[] whole = threeFigures();
    Path path = folder.resolve("events");
    for (int end = 0; end < whole.length; end++) {
      Files.write(path, Arrays.copyOf(whole, end));
      RecordFile file = new RecordFile(path);
      List<Scalar> all = new ArrayList<>(scalars(file));
      Files.write(path, whole);
      all.addAll(scalars(file));
      assertThat(all).as("cut after %d bytes", end).hasSize(2);
    }
  }

  @Test
  void everyChangedByteOfAFrameIsNoticed() throws IOException {
    byte[] whole = threeFigures();
    Path path = folder.resolve("events");
    for (int position = 0; position < whole.length; position++) {
      byte[] changed = whole.clone();
      changed[position] ^= 0x10;
      Files.write(path, changed);
      assertThatThrownBy(() -> scalars(new RecordFile(path)))
          .as("byte %d", position)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void aDamagedFileIsNamedOnceAndTheNextIsRead() throws IOException {
    List<String> warnings = new ArrayList<>();
    Path old =
        Files.createDirectories(folder.resolve("run/version_0")).resolve("events.out.tfevents.1");
    Files.write(old, threeFigures());
    EventFolder events = new EventFolder(folder, warnings::add);
    assertThat(events.next()).isEmpty();
    Path fresh = Files.createDirectories(folder.resolve("run/version_1"));
    byte[] damaged = threeFigures();
    damaged[damaged.length - 1] ^= 1;
    Files.write(fresh.resolve("events.out.tfevents.2"), damaged);
    Files.write(
        fresh.resolve("events.out.tfevents.3"),
        new EventFileWriter().scalar(3, "validation", 2).bytes());
    assertThat(events.next()).containsExactly(new Scalar(3, "validation", 2));
    assertThat(events.next()).isEmpty();
    assertThat(warnings).singleElement().asString().contains("events.out.tfevents.2");
  }
}
