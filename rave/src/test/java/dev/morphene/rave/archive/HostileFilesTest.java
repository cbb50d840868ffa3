package dev.morphene.rave.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.checkpoint.OfficialImport;
import dev.morphene.rave.checkpoint.OptimizerState;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.gin.GinConfig;
import dev.morphene.rave.gin.OfficialSettings;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of unknown origin: ten thousand mutants of checkpoints, exports and settings, and attacks
 * written by hand. Each is read or refused by name, soon, in little memory; nothing is executed.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {
  private static final int CHECKPOINT_FILES = 1_500;
  private static final int CHECKPOINT_INDEXES = 2_000;
  private static final int OWN_CHECKPOINTS = 1_000;
  private static final int EXPORT_FILES = 750;
  private static final int EXPORT_INDEXES = 750;
  private static final int SETTINGS = 4_000;

  /** Far above what a good file takes, far below what an attack would want. */
  private static final long MAXIMUM_BYTES = 64L << 20;

  private static final Duration MAXIMUM_TIME = Duration.ofSeconds(5);

  private static final String GIN =
      """
      from __gin__ import dynamic_registration
      # Macros:
      SAMPLING_RATE = 48000
      CAPACITY = 1
      RATIOS = [2]
      DILATIONS = [[1, 3]]
      PHASE_1_DURATION = 1_000
      convs.get_padding.mode = 'causal'
      model.RAVE.names = ('a', "b", 'c'
          'd')
      model.RAVE.encoder = @outer/blocks.Encoder
      model.RAVE.table = {'a': 1e-6, 2: [%CAPACITY, None, True]}
      model.RAVE.n_channels = \\
          1
      """;

  @TempDir Path folder;
  private final Random random = new Random(20_260_826);
  private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private int read;
  private int refused;
  private Path marker;

  private static RaveConfig config() {
    RaveConfig tiny = RaveConfig.preset("tiny", 48_000);
    return tiny.toDraft()
        .name("own")
        .samplingRateHz(48_000)
        .channels(1)
        .capacity(1)
        .ratios(List.of(2))
        .dilations(List.of(List.of(1, 3)))
        .latentSize(2)
        .kernelSize(3)
        .noise(Optional.empty())
        .discriminator(DiscriminatorConfig.convolutional(1, List.of(2), 1))
        .build();
  }

  private static byte[] checkpoint(Path file) throws IOException {
    RaveConfig config = config();
    Map<String, TensorData> state = new LinkedHashMap<>(ModelWeights.initial(config, 1).tensors());
    DiscriminatorModule.module(config.discriminator(), 1, new Random(1))
        .stateDict()
        .forEach((key, tensor) -> state.put("discriminator." + key, tensor));
    Map<String, Object> moments = new LinkedHashMap<>();
    moments.put("step", TensorData.scalar(3f));
    moments.put("exp_avg", TensorData.zeros(1, 1, 1));
    moments.put("exp_avg_sq", TensorData.zeros(1, 1, 1));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("epoch", 3L);
    tree.put("global_step", 3_000L);
    tree.put("pytorch-lightning_version", "1.9.0");
    tree.put("state_dict", new TorchTree.Ordered(state));
    tree.put("callbacks", Map.of("WarmupCallback", Map.of("training_steps", 3_000L)));
    tree.put(
        "optimizer_states",
        List.of(Map.of("state", Map.of(0L, moments)), Map.of("state", Map.of())));
    tree.put("lr_schedulers", List.of(Map.of("start_factor", 1.0, "verbose", false)));
    TorchTree.write(file, tree);
    return Files.readAllBytes(file);
  }

  @BeforeEach
  void prepare() throws IOException {
    marker = folder.resolve("executed");
    Files.writeString(folder.resolve("config.gin"), "DILATIONS = [[1, 3]]\n");
  }

  private interface Reading {
    void run() throws IOException;
  }

  /** Reads once, under the bounds. */
  private void attempt(Reading reading, String what) throws IOException {
    long thread = Thread.currentThread().getId();
    long bytesBefore = memory.getThreadAllocatedBytes(thread);
    long before = System.nanoTime();
    try {
      reading.run();
      read++;
    } catch (JobFailure failure) {
      refused++;
      assertThat(failure.failureClass())
          .as(what)
          .isIn(FailureClass.UNREADABLE, FailureClass.BAD_INPUT);
      assertThat(failure.getMessage()).as(what).hasSizeBetween(20, 2_000);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).as(what).isLessThan(MAXIMUM_TIME);
    assertThat(memory.getThreadAllocatedBytes(thread) - bytesBefore)
        .as(what)
        .isLessThan(MAXIMUM_BYTES);
    assertThat(marker).as(what).doesNotExist();
  }

  /** By each of those who read checkpoints in turn. */
  private void readAsCheckpoint(byte[] bytes, String what) throws IOException {
    int number = read + refused;
    // A new file each time: some file systems wait for the disk when one is written over.
    Path file = Files.write(folder.resolve("mutant" + number + ".ckpt"), bytes);
    switch (number % 3) {
      case 0 -> attempt(() -> TorchTree.read(file), what);
      case 1 -> attempt(() -> TrainedModel.read(file), what);
      default -> attempt(() -> OfficialImport.read(file), what);
    }
    Files.delete(file);
  }

  @Test
  void mutantsOfCheckpointsAreReadOrRefusedByName() throws IOException {
    byte[] good = checkpoint(folder.resolve("good.ckpt"));
    Map<String, byte[]> parts = parts(folder.resolve("good.ckpt"));
    for (int reader = 0; reader < 3; reader++) {
      readAsCheckpoint(good, "unchanged");
    }
    // No preset's, it can be played and not trained.
    assertThat(read).isEqualTo(2);
    for (int i = 0; i < CHECKPOINT_FILES; i++) {
      readAsCheckpoint(mutant(good), "checkpoint " + i);
    }
    for (int i = 0; i < CHECKPOINT_INDEXES; i++) {
      readAsCheckpoint(rebuilt(parts), "index of a checkpoint " + i);
    }
    assertThat(read).isGreaterThan(50);
    assertThat(refused).isGreaterThan(3_000);
  }

  @Test
  void mutantsOfOurOwnCheckpointsAreReadOrRefusedByName() throws IOException {
    RaveConfig config = config();
    OptimizerState optimizer =
        new OptimizerState(
            TensorData.scalar(3f),
            Map.of("w", TensorData.zeros(4)),
            Map.of("w", TensorData.zeros(4)));
    Path file =
        CheckpointStore.open(folder.resolve("own"), step -> true)
            .write(
                new Checkpoint(
                    "glass",
                    3,
                    1,
                    1,
                    0,
                    3,
                    config,
                    Map.of("config", "own"),
                    ModelWeights.initial(config, 1).tensors(),
                    optimizer,
                    optimizer,
                    ValidationRecord.none().with(3, 0.5),
                    Optional.of(Map.of("w", TensorData.zeros(4)))))
            .path();
    Map<String, byte[]> parts = parts(file);
    for (int i = 0; i < OWN_CHECKPOINTS; i++) {
      Path mutant = Files.write(folder.resolve("own" + i + ".ckpt"), rebuilt(parts));
      int reader = i % 3;
      if (reader == 0) {
        attempt(() -> Checkpoint.read(mutant), "own checkpoint " + i);
      } else {
        attempt(() -> TrainedModel.read(mutant, reader == 1), "own checkpoint " + i);
      }
      Files.delete(mutant);
    }
    assertThat(read).isGreaterThan(10);
    assertThat(refused).isGreaterThan(500);
  }

  /** Nothing here reads an export but to tell its digest: as a checkpoint it is always refused. */
  @Test
  void mutantsOfExportsAreRefusedByName() throws IOException {
    Path file = folder.resolve("good.ts");
    InstrumentExport.write(
        file, ModelWeights.initial(config(), 1), InstrumentOptions.of(false, 0.95));
    byte[] good = Files.readAllBytes(file);
    Map<String, byte[]> parts = parts(file);
    for (int reader = 0; reader < 3; reader++) {
      readAsCheckpoint(good, "unchanged");
    }
    assertThat(refused).isEqualTo(3);
    for (int i = 0; i < EXPORT_FILES; i++) {
      readAsCheckpoint(mutant(good), "export " + i);
    }
    for (int i = 0; i < EXPORT_INDEXES; i++) {
      readAsCheckpoint(rebuilt(parts), "index of an export " + i);
    }
    assertThat(refused).isEqualTo(3 + EXPORT_FILES + EXPORT_INDEXES);
  }

  @Test
  void mutantsOfSettingsAreReadOrRefusedByLine() throws IOException {
    byte[] good = GIN.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < SETTINGS; i++) {
      String text = new String(mutant(good), StandardCharsets.UTF_8);
      attempt(() -> OfficialSettings.of(GinConfig.parse("config.gin", text)), text);
    }
    assertThat(read).isGreaterThan(200);
    assertThat(refused).isGreaterThan(1_000);
  }

  private static Map<String, byte[]> parts(Path file) throws IOException {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        parts.put(name, zip.getInputStream(entry).readAllBytes());
      }
    }
    return parts;
  }

  /** A whole zip with right checksums around a changed index, and now and then a changed tensor. */
  private byte[] rebuilt(Map<String, byte[]> parts) throws IOException {
    Map<String, byte[]> changed = new LinkedHashMap<>(parts);
    changed.put("data.pkl", mutant(parts.get("data.pkl")));
    if (random.nextInt(8) == 0) {
      changed.put("data/0", mutant(parts.get("data/0")));
    }
    return zip(changed);
  }

  private static byte[] zip(Map<String, byte[]> parts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StoredZipWriter zip = new StoredZipWriter(out, "archive");
    for (Map.Entry<String, byte[]> part : parts.entrySet()) {
      zip.entry(part.getKey(), part.getValue());
    }
    zip.finish();
    return out.toByteArray();
  }

  /** One to three changes. */
  private byte[] mutant(byte[] good) {
    byte[] bytes = good;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private static final String OPCODES =
      "(.0FIJKLMNQRSTUXabcdeghjilopqrstu]}){)\u0081\u0082\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u0093\u0094\u0095";

  private static final int[] LENGTHS = {
    0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xffff, 1 << 24, 1 << 30
  };

  private byte[] changed(byte[] bytes) {
    if (bytes.length < 8) {
      return bytes;
    }
    byte[] copy = bytes.clone();
    int at = random.nextInt(bytes.length - 4);
    switch (random.nextInt(7)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
      }
      case 1 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 2 -> {
        // A stretch of the file again, somewhere else.
        int from = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(64), bytes.length - from);
        return spliced(bytes, at, at, Arrays.copyOfRange(bytes, from, from + length));
      }
      case 3 -> {
        return spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(64)), new byte[0]);
      }
      case 4 -> {
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        for (int i = 0; i < 4; i++) {
          copy[at + i] = (byte) (length >> 8 * i);
        }
        return copy;
      }
      case 5 -> {
        copy[at] = (byte) OPCODES.charAt(random.nextInt(OPCODES.length()));
        return copy;
      }
      default -> {
        String attack = attacks().get(random.nextInt(attacks().size()));
        return spliced(bytes, at, at, attack.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(between);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }

  /** Every way in which a pickle can have something called; each would make the marker. */
  private List<String> attacks() {
    String command = "touch " + marker;
    String text = "X" + (char) command.length() + "\0\0\0" + command;
    return List.of(
        "cos\nsystem\n(" + text + "tR",
        "cposix\nsystem\n" + text + "\u0085R",
        "c__builtin__\neval\n(X\u0001\0\0\0" + "1tR",
        "\u008c\u0002os\u008c\u0006system\u0093" + text + "\u0085R",
        "(S'" + command + "'\nios\nsystem\n",
        "(cos\nsystem\n" + text + "o",
        "cos\nsystem\n" + text + "\u0085\u0081",
        "cos\nsystem\n" + text + "\u0085}\u0092",
        "ccollections\nOrderedDict\n)R}X\u000c\0\0\0__setstate__cos\nsystem\nsb" + text + "b",
        "\u0082\u0001" + text + "\u0085R",
        "Pos.system\n" + text + "\u0085R",
        "ccollections\nOrderedDict\n" + text + "\u0085R",
        "ctorch\nSize\ncos\nsystem\n\u0085R",
        "ctorch._utils\n_rebuild_parameter\n" + text + "\u0085R");
  }

  @Test
  void nothingThatAPickleCallsIsCalled() throws IOException {
    for (String attack : attacks()) {
      for (String pickle :
          List.of(
              "\u0080\u0002" + attack + ".",
              "\u0080\u0004}X\u0001\0\0\0a" + attack + "s.",
              "\u0080\u0002}X\u0001\0\0\0a(" + attack + "tQs.")) {
        Path file =
            Files.write(
                folder.resolve("attack.ckpt"),
                zip(Map.of("data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1))));
        assertThatThrownBy(() -> TorchTree.read(file))
            .as(attack)
            .isInstanceOfSatisfying(
                JobFailure.class,
                failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE));
      }
    }
    assertThat(marker).doesNotExist();
  }

  /** What grows while it is read: nesting, lists of empty dictionaries, texts, memo entries. */
  @ParameterizedTest
  @ValueSource(
      strings = {"}0", "]a", "(", "Nq\u0001", "}q\u0002h\u0002s", "]q\u0003h\u0003a", "))"})
  void longIndexesEndInBoundedMemory(String repeated) throws IOException {
    byte[] one = repeated.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2, ']', 'X', 1, 0, 0, 0, 'k'});
    while (pickle.size() < 6 << 20) {
      pickle.writeBytes(one);
    }
    pickle.write('.');
    Path file =
        Files.write(folder.resolve("long.ckpt"), zip(Map.of("data.pkl", pickle.toByteArray())));
    long thread = Thread.currentThread().getId();
    long before = memory.getThreadAllocatedBytes(thread);
    assertThatThrownBy(() -> TorchTree.read(file)).isInstanceOf(JobFailure.class);
    assertThat(memory.getThreadAllocatedBytes(thread) - before).isLessThan(1L << 30);
  }

  @Test
  void zipsThatLieAreRefused() throws IOException {
    byte[] good = checkpoint(folder.resolve("good.ckpt"));
    int directory = indexOf(good, 'P', 'K', 1, 2);
    int end = indexOf(good, 'P', 'K', 5, 6);
    List<byte[]> lies = new ArrayList<>();
    // Sizes, offsets, names and counts of the directory; a deflated entry; a comment's length.
    for (int[] change :
        new int[][] {
          {directory + 20, 0xff}, {directory + 24, 0xff}, {directory + 27, 0x7f},
          {directory + 42, 0xff}, {directory + 45, 0x7f}, {directory + 28, 0xff},
          {directory + 10, 8}, {directory + 16, 0x55}, {end + 10, 0x00},
          {end + 12, 0xff}, {end + 16, 0xff}, {end + 20, 0xff}
        }) {
      byte[] copy = good.clone();
      copy[change[0]] = (byte) change[1];
      lies.add(copy);
    }
    for (byte[] lie : lies) {
      Path file = Files.write(folder.resolve("lie.ckpt"), lie);
      attempt(() -> TorchTree.read(file), "directory");
    }
    assertThat(refused).isGreaterThan(8);

    Path bomb = folder.resolve("bomb.ckpt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bomb))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    refused = 0;
    attempt(() -> TorchTree.read(bomb), "bomb");
    assertThat(refused).isEqualTo(1);
    assertThatThrownBy(() -> TorchTree.read(bomb)).hasMessageContaining("compressed part");
  }

  /** A stored part that claims to be larger than the file is not given its memory. */
  @Test
  void partsLargerThanTheFileAreRefusedBeforeTheyAreRead() throws IOException {
    byte[] pickle = {(byte) 0x80, 2, '}', '.'};
    byte[] bytes = zip(Map.of("data.pkl", pickle));
    int directory = indexOf(bytes, 'P', 'K', 1, 2);
    for (int field : new int[] {20, 24}) {
      bytes[directory + field + 2] = (byte) 0xf0;
    }
    Path file = Files.write(folder.resolve("large.ckpt"), bytes);
    long thread = Thread.currentThread().getId();
    long before = memory.getThreadAllocatedBytes(thread);
    assertThatThrownBy(() -> TorchTree.read(file)).isInstanceOf(JobFailure.class);
    assertThat(memory.getThreadAllocatedBytes(thread) - before).isLessThan(8L << 20);
  }

  /** Three tensors that are all the same stretch of the file: more than the file could hold. */
  @Test
  void partsThatOverlapAreNotMultiplied() throws IOException {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      tree.put("t" + i, TensorData.zeros(25_600));
    }
    Path good = folder.resolve("good.ckpt");
    TorchTree.write(good, tree);
    Map<String, byte[]> parts = parts(good);
    Map<String, byte[]> kept = new LinkedHashMap<>();
    kept.put("data.pkl", parts.get("data.pkl"));
    kept.put("data/0", parts.get("data/0"));
    byte[] bytes = zip(kept);
    int directory = indexOf(bytes, 'P', 'K', 1, 2);
    int end = indexOf(bytes, 'P', 'K', 5, 6);
    int second =
        directory + indexOf(Arrays.copyOfRange(bytes, directory + 4, end), 'P', 'K', 1, 2) + 4;
    byte[] record = Arrays.copyOfRange(bytes, second, end);
    int name = new String(record, StandardCharsets.ISO_8859_1).indexOf("data/0");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, end);
    for (char digit = '1'; digit <= '2'; digit++) {
      record[name + 5] = (byte) digit;
      out.writeBytes(record);
    }
    byte[] tail = Arrays.copyOfRange(bytes, end, bytes.length);
    ByteBuffer.wrap(tail)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(8, (short) 4)
        .putShort(10, (short) 4)
        .putInt(12, end - directory + 2 * record.length);
    out.writeBytes(tail);
    Path file = Files.write(folder.resolve("overlapping.ckpt"), out.toByteArray());
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.size()).isEqualTo(4);
    }
    assertThatThrownBy(() -> TorchTree.read(file))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("oversized part data/");
  }

  private static int indexOf(byte[] bytes, int... wanted) {
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      int matched = 0;
      while (matched < wanted.length && bytes[i + matched] == (byte) wanted[matched]) {
        matched++;
      }
      if (matched == wanted.length) {
        return i;
      }
    }
    throw new AssertionError("The file has no such part.");
  }
}
