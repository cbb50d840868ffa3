package dev.morphene.rave.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchTreeTest {
  @TempDir Path folder;

  private static Map<String, Object> sample() {
    float[] many = new float[100_000];
    Random random = new Random(1);
    for (int i = 0; i < many.length; i++) {
      many[i] = random.nextFloat();
    }
    Map<String, Object> nested = new LinkedHashMap<>();
    nested.put("w", TensorData.ofFloats(many, 10, 100, 100));
    nested.put("steps", TensorData.scalar(Long.MIN_VALUE));
    nested.put("empty", TensorData.zeros(0, 3));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("step", 1L << 40);
    tree.put("negative", -5L);
    tree.put("small", 200L);
    tree.put("rate", 1e-3);
    tree.put("name", "Näme \n 名");
    tree.put("yes", true);
    tree.put("no", false);
    tree.put("nothing", null);
    tree.put("list", List.of(1L, "two", 3.0, List.of()));
    tree.put("state_dict", nested);
    return tree;
  }

  @Test
  void aTreeComesBackAsItWas() {
    Path file = folder.resolve("a.ckpt");
    TorchTree.write(file, sample());
    assertThat(TorchTree.read(file)).isEqualTo(sample());
    assertThat(TorchTree.read(file).keySet()).containsExactlyElementsOf(sample().keySet());
  }

  @Test
  void whatIsNotWantedIsNeitherReadNorChecked() throws IOException {
    Path file = folder.resolve("a.ckpt");
    TorchTree.write(file, sample());
    byte[] bytes = Files.readAllBytes(file);
    // The one large tensor fills most of the file.
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertUnreadable(file);
    Map<String, Object> expected = sample();
    ((Map<?, ?>) expected.get("state_dict")).remove("w");
    assertThat(TorchTree.read(file, keys -> !keys.equals(List.of("state_dict", "w"))))
        .isEqualTo(expected);
    assertThat(TorchTree.read(file, keys -> keys.get(0).equals("name")))
        .isEqualTo(Map.of("name", sample().get("name")));
  }

  @Test
  void equalTreesAreEqualFilesWithAlignedStoredParts() throws IOException {
    Path first = folder.resolve("a.ckpt");
    Path second = folder.resolve("b.ckpt");
    TorchTree.write(first, sample());
    TorchTree.write(second, sample());
    byte[] bytes = Files.readAllBytes(first);
    assertThat(bytes).isEqualTo(Files.readAllBytes(second));
    try (ZipFile zip = new ZipFile(first.toFile())) {
      zip.stream().forEach(entry -> assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED));
    }
    byte[] marker = "archive/data/1".getBytes(StandardCharsets.US_ASCII);
    int name = indexOf(bytes, marker);
    int extra = (bytes[name - 2] & 0xff) + ((bytes[name - 1] & 0xff) << 8);
    assertThat((name + marker.length + extra) % 64).isZero();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    int i = 0;
    while (!Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
      i++;
    }
    return i;
  }

  @Test
  void everyTruncationIsUnreadable() throws IOException {
    Path file = folder.resolve("whole.ckpt");
    TorchTree.write(file, sample());
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.ckpt");
    for (int i = 0; i < 40; i++) {
      Files.write(cut, Arrays.copyOf(whole, (int) (whole.length * (long) i / 40)));
      assertUnreadable(cut);
    }
    Files.write(cut, Arrays.copyOf(whole, whole.length - 1));
    assertUnreadable(cut);
  }

  /** A changed byte is found, or it lies where nobody looks and the tree is unharmed. */
  @Test
  void aChangedByteNeverChangesTheTreeUnnoticed() throws IOException {
    Path file = folder.resolve("whole.ckpt");
    Map<String, Object> tree = Map.of("w", TensorData.ofFloats(new float[64], 64), "step", 3L);
    TorchTree.write(file, tree);
    byte[] whole = Files.readAllBytes(file);
    Path changed = folder.resolve("changed.ckpt");
    int found = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] bytes = whole.clone();
      bytes[i] ^= 0x41;
      Files.write(changed, bytes);
      try {
        assertThat(TorchTree.read(changed)).isEqualTo(tree);
      } catch (JobFailure failure) {
        assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE);
        found++;
      }
    }
    assertThat(found).isGreaterThan(256 + 100);
  }

  @Test
  void aMissingFileAndAFolderAreUnreadable() {
    assertUnreadable(folder.resolve("none.ckpt"));
    assertUnreadable(folder);
  }

  @Test
  void aCallOfTheSystemIsRefusedByName() throws IOException {
    String pickle = "\u0080\u0002cos\nsystem\n(X\u0002\u0000\u0000\u0000lstR.";
    assertThatThrownBy(() -> TorchTree.read(hostile(pickle)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("os system");
  }

  @Test
  void hostileIndexesAreUnreadable() throws IOException {
    List<String> pickles = new ArrayList<>();
    // A list that contains itself, and a map that does.
    pickles.add("\u0080\u0002}q\u0000X\u0001\u0000\u0000\u0000ah\u0000s.");
    pickles.add("\u0080\u0002}X\u0001\u0000\u0000\u0000a]q\u0000h\u0000as.");
    // Nesting without end.
    pickles.add("\u0080\u0002" + "(".repeat(500_000) + ".");
    pickles.add(
        "\u0080\u0002}X\u0001\u0000\u0000\u0000a" + "]".repeat(9000) + "a".repeat(8999) + "s.");
    // A text longer than the file, a missing mark, an empty stack, an unknown instruction.
    pickles.add("\u0080\u0002X\u00ff\u00ff\u00ff\u007fabc.");
    pickles.add("\u0080\u0002X\u00ff\u00ff\u00ff\u00ffabc.");
    pickles.add("\u0080\u0002t.");
    pickles.add("\u0080\u0002.");
    pickles.add("\u0080\u0002i.");
    pickles.add("\u0080\u0002N");
    pickles.add("");
    // A list as a key; a result that is no dictionary; a function as a value.
    pickles.add("\u0080\u0002}]Ns.");
    pickles.add("\u0080\u0002N.");
    pickles.add("\u0080\u0002}X\u0001\u0000\u0000\u0000actorch\nSize\ns.");
    // Doubling lists: 2^40 nodes from 400 bytes.
    StringBuilder doubling = new StringBuilder("\u0080\u0002}X\u0001\u0000\u0000\u0000a]q\u0000");
    for (int i = 0; i < 40; i++) {
      doubling.append("](h").append((char) i).append('h').append((char) i);
      doubling.append("eq").append((char) (i + 1));
    }
    pickles.add(doubling + "t.");
    pickles.add(
        "\u0080\u0002}X\u0001\u0000\u0000\u0000a"
            + doubling.substring(doubling.indexOf("]"))
            + "s.");
    for (String pickle : pickles) {
      assertUnreadable(hostile(pickle));
    }
  }

  @Test
  void tensorsLargerThanTheirDataAreUnreadable() throws IOException {
    String storage =
        "(X\u0007\u0000\u0000\u0000storagectorch\nFloatStorage\nX\u0001\u0000\u0000\u00000"
            + "X\u0003\u0000\u0000\u0000cpuK\u0004tQ";
    String head = "\u0080\u0002}X\u0001\u0000\u0000\u0000actorch._utils\n_rebuild_tensor_v2\n(";
    String tail = "\u0089ccollections\nOrderedDict\n)RtRs.";
    assertThat(TorchTree.read(hostile(head + storage + "K\u0000K\u0004\u0085K\u0001\u0085" + tail)))
        .isEqualTo(Map.of("a", TensorData.ofFloats(new float[4], 4)));
    // Strides and offsets are honoured.
    assertThat(
            TorchTree.read(
                hostile(head + storage + "K\u0000(K\u0002K\u0002t(K\u0001K\u0002t" + tail)))
        .isEqualTo(Map.of("a", TensorData.ofFloats(new float[4], 2, 2)));
    // Past the end; by an offset; a terabyte by a stride of zero; negative; no storage at all.
    for (String shape :
        List.of(
            "K\u0000K\u0005\u0085K\u0001\u0085",
            "K\u0001K\u0004\u0085K\u0001\u0085",
            "K\u0000J\u0000\u0000\u0000\u0040\u0085K\u0000\u0085",
            "K\u0000J\u00ff\u00ff\u00ff\u00ff\u0085K\u0001\u0085",
            "J\u00ff\u00ff\u00ff\u00ffK\u0001\u0085K\u0001\u0085")) {
      assertUnreadable(hostile(head + storage + shape + tail));
    }
    assertUnreadable(
        hostile(head + storage.replace("K\u0004tQ", "K\u0009tQ") + "K\u0000))" + tail));
    assertUnreadable(hostile(head + storage.replace("0X\u0003", "1X\u0003") + "K\u0000))" + tail));
    assertUnreadable(
        hostile(head + storage.replace("FloatStorage", "HalfStorage") + "K\u0000))" + tail));
  }

  @Test
  void compressedPartsAreUnreadable() throws IOException {
    Path file = folder.resolve("deflated.ckpt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(new byte[] {(byte) 0x80, 2, '}', '.'});
    }
    assertUnreadable(file);
  }

  /** A file whose index is the given characters, with four floats as its only data. */
  private Path hostile(String pickle) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StoredZipWriter zip = new StoredZipWriter(out, "archive");
    zip.entry("data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1));
    zip.entry("data/0", new byte[16]);
    zip.finish();
    return Files.write(folder.resolve("hostile.ckpt"), out.toByteArray());
  }

  private static void assertUnreadable(Path file) {
    assertThatThrownBy(() -> TorchTree.read(file))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE);
              assertThat(failure.getMessage()).contains(file.toString()).doesNotContain("\n");
            });
  }
}
