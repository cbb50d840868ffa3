package dev.morphene.rave.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.audio.Samples;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  private static final int DEFAULT_CHUNK = 262_144;

  @TempDir Path folder;

  private Path write(int channels, int rateHz, int chunkSamples, float[]... chunks)
      throws IOException {
    Path target = folder.resolve("db");
    try (DatasetWriter writer = DatasetWriter.create(target, channels, rateHz, chunkSamples)) {
      for (float[] chunk : chunks) {
        writer.append(chunk);
      }
      writer.finish();
    }
    return target;
  }

  @Test
  void aDefaultRecordHasTheOfficialBytes() throws Exception {
    byte[] record =
        new ExampleRecord(1, 44_100, ExampleRecord.quantize(new float[DEFAULT_CHUNK])).toBytes();

    assertThat(record).hasSize(524_322);
    String expected =
        "0a9e80200a08"
            + HexFormat.of().formatHex("waveform".getBytes(StandardCharsets.US_ASCII))
            + "12908020"
            + "0801"
            + "08808020"
            + "10c4d802"
            + "1a808020";
    assertThat(HexFormat.of().formatHex(record)).startsWith(expected).endsWith("2003");
  }

  @Test
  void writesTheOfficialFiles() throws Exception {
    Path target = write(1, 48_000, 4_096, new float[4_096], new float[4_096], new float[4_096]);
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("data.mdb", "lock.mdb", "metadata.yaml");
    }
    assertThat(target.resolve("metadata.yaml"))
        .content()
        .isEqualTo("channels: 1\nlazy: false\nn_seconds: 0.17066666666666666\nsr: 48000\n");
  }

  @Test
  void theBytesOnDiskAreAnLmdbTreeOfNumberedRecords() throws Exception {
    float[][] chunks = new float[40][];
    for (int index = 0; index < chunks.length; index++) {
      chunks[index] = Samples.noise(0.5, 0.1, 48_000, index);
    }
    Path target = write(1, 48_000, 4_800, chunks);
    Map<String, byte[]> records = LmdbPages.read(target.resolve("data.mdb"));

    assertThat(records).hasSize(40);
    assertThat(records.keySet().iterator().next()).isEqualTo("00000000");
    for (int index = 0; index < chunks.length; index++) {
      byte[] expected =
          new ExampleRecord(1, 48_000, ExampleRecord.quantize(chunks[index])).toBytes();
      assertThat(records.get(String.format("%08d", index))).isEqualTo(expected);
    }
  }

  @Test
  void chunksComeBackToWithinOneStep() throws Exception {
    float[] first = Samples.noise(1.2, 0.1, 48_000, 1);
    float[] second = Samples.noise(0.3, 0.1, 48_000, 2);
    Path target = write(2, 48_000, 2_400, first, second);
    try (TrainingDataset dataset = TrainingDataset.open(target)) {
      assertThat(dataset.size()).isEqualTo(2);
      assertThat(dataset.channels()).isEqualTo(2);
      assertThat(dataset.samplingRateHz()).isEqualTo(48_000);
      assertThat(dataset.chunkSamples()).isEqualTo(2_400);
      float[] read = dataset.read(0);
      for (int index = 0; index < read.length; index++) {
        float expected = Math.max(-1, Math.min(1, first[index]));
        assertThat(read[index]).isCloseTo(expected, within(0.51f / 32_767));
      }
      assertThat(dataset.read(1)).isNotEqualTo(read);
      assertThatThrownBy(() -> dataset.read(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void growsPastItsFirstMap() throws Exception {
    Path target = folder.resolve("db");
    float[] chunk = Samples.noise(0.5, (double) DEFAULT_CHUNK / 48_000, 48_000, 9);
    try (DatasetWriter writer = DatasetWriter.create(target, 1, 48_000, DEFAULT_CHUNK)) {
      for (int index = 0; index < 140; index++) {
        writer.append(chunk);
      }
      writer.finish();
    }
    assertThat(Files.size(target.resolve("data.mdb"))).isGreaterThan(70L << 20);
    try (TrainingDataset dataset = TrainingDataset.open(target)) {
      assertThat(dataset.size()).isEqualTo(140);
      assertThat(dataset.read(139)).isEqualTo(dataset.read(0));
    }
  }

  @Test
  void servesSeveralThreads() throws Exception {
    float[][] chunks = new float[16][];
    for (int index = 0; index < chunks.length; index++) {
      chunks[index] = Samples.sine(100 + index, 0.5, 0.1, 48_000);
    }
    Path target = write(1, 48_000, 4_800, chunks);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (TrainingDataset dataset = TrainingDataset.open(target)) {
      Thread[] threads = new Thread[4];
      for (int number = 0; number < threads.length; number++) {
        threads[number] =
            new Thread(
                () -> {
                  for (int round = 0; round < 200; round++) {
                    int index = round % chunks.length;
                    assertThat(dataset.read(index)[7]).isCloseTo(chunks[index][7], within(1e-4f));
                  }
                },
                "dataset-reader-" + number);
        threads[number].setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        threads[number].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void replacesAFormerDatasetOnlyWhenComplete() throws Exception {
    Path target = write(1, 48_000, 100, new float[100]);
    try (DatasetWriter abandoned = DatasetWriter.create(target, 1, 48_000, 50)) {
      abandoned.append(new float[50]);
    }
    try (TrainingDataset dataset = TrainingDataset.open(target)) {
      assertThat(dataset.chunkSamples()).isEqualTo(100);
    }
    write(1, 48_000, 60, new float[60], new float[60]);
    try (TrainingDataset dataset = TrainingDataset.open(target)) {
      assertThat(dataset.size()).isEqualTo(2);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(target);
    }
  }

  @Test
  void neverReplacesAFolderOfSomethingElse() throws Exception {
    Path target = Files.createDirectory(folder.resolve("home"));
    Files.writeString(target.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(() -> DatasetWriter.create(target, 1, 48_000, 100))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining("thesis.txt");
    assertThat(target.resolve("thesis.txt")).exists();
  }

  @Test
  void saysWhatIsWrongWithADamagedOrMissingDataset() throws Exception {
    assertFails(folder.resolve("nothing"), FailureClass.BAD_INPUT, "no dataset");

    Path empty = write(1, 48_000, 100);
    assertFails(empty, FailureClass.BAD_INPUT, "is empty");

    Path target = write(1, 48_000, 4_800, new float[4_800], new float[4_800], new float[4_800]);
    Path data = target.resolve("data.mdb");
    byte[] whole = Files.readAllBytes(data);

    Files.write(data, Arrays.copyOf(whole, whole.length / 2));
    assertFails(target, FailureClass.UNREADABLE, "cut off");
    Files.write(data, Arrays.copyOf(whole, 100));
    assertFails(target, FailureClass.UNREADABLE, "ends inside");
    Files.writeString(data, "no database at all".repeat(1_000));
    assertFails(target, FailureClass.UNREADABLE, "no LMDB file");

    Files.write(data, whole);
    Files.writeString(target.resolve("metadata.yaml"), "channels: one\n");
    assertFails(target, FailureClass.UNREADABLE, "no number");
    Files.delete(target.resolve("metadata.yaml"));
    assertFails(target, FailureClass.UNREADABLE, "lacks metadata.yaml");
  }

  private static void assertFails(Path target, FailureClass failureClass, String words) {
    assertThatThrownBy(() -> TrainingDataset.open(target).close())
        .isInstanceOfSatisfying(
            JobFailure.class, failure -> assertThat(failure.failureClass()).isEqualTo(failureClass))
        .hasMessageContaining(words);
  }

  @Test
  void refusesARecordOfAnotherKind() {
    assertThatThrownBy(() -> ExampleRecord.parse(new byte[] {0x12, 0x00}, 1))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ExampleRecord.parse(new byte[] {0x0a, 0x7f, 1}, 1))
        .isInstanceOf(IOException.class);
  }

  /** Walks the B+ tree of an LMDB file from the format's own description, without LMDB. */
  private static final class LmdbPages {
    private static final int BRANCH = 0x01;
    private static final int LEAF = 0x02;
    private static final int BIG_DATA = 0x01;
    private final ByteBuffer file;
    private final int pageBytes;
    private final Map<String, byte[]> records = new TreeMap<>();

    private LmdbPages(ByteBuffer file) {
      this.file = file;
      this.pageBytes = file.getInt(16 + 24);
    }

    static Map<String, byte[]> read(Path path) throws IOException {
      ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
      LmdbPages pages = new LmdbPages(file);
      int meta = 16;
      int other = pages.pageBytes + 16;
      assertThat(file.getInt(meta)).isEqualTo(0xBEEFC0DE);
      if (file.getLong(other + 128) > file.getLong(meta + 128)) {
        meta = other;
      }
      // Two database records of 48 bytes follow 24 bytes of header; the main one is the second.
      pages.walk(file.getLong(meta + 24 + 48 + 40));
      return pages.records;
    }

    private void walk(long page) {
      int base = Math.toIntExact(page * pageBytes);
      int flags = file.getShort(base + 10);
      int nodes = (file.getShort(base + 12) - 16) / 2;
      for (int index = 0; index < nodes; index++) {
        int node = base + (file.getShort(base + 16 + 2 * index) & 0xffff);
        long low = file.getShort(node) & 0xffff;
        long high = file.getShort(node + 2) & 0xffff;
        int nodeFlags = file.getShort(node + 4) & 0xffff;
        int keyBytes = file.getShort(node + 6) & 0xffff;
        if ((flags & BRANCH) != 0) {
          walk(low | high << 16 | (long) nodeFlags << 32);
          continue;
        }
        assertThat(flags & LEAF).isEqualTo(LEAF);
        String key = new String(file.array(), node + 8, keyBytes, StandardCharsets.US_ASCII);
        int dataBytes = (int) (low | high << 16);
        int data = node + 8 + keyBytes;
        if ((nodeFlags & BIG_DATA) != 0) {
          data = Math.toIntExact(file.getLong(data) * pageBytes + 16);
        }
        records.put(key, Arrays.copyOfRange(file.array(), data, data + dataBytes));
      }
    }
  }
}
