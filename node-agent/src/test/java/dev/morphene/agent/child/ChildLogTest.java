package dev.morphene.agent.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.message.AttemptReport.Logged;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildLogTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void create() throws Exception {
    file = Files.writeString(folder.resolve("child.log"), "of an earlier child\n");
  }

  @Test
  void tellsEachLineOnceAndABrokenOneWhenItIsWhole() throws Exception {
    ChildLog log = new ChildLog(file, Files.size(file));
    assertThat(log.next(false)).isEmpty();
    write("first\n\nsecond\nthi");
    assertThat(log.next(false).orElseThrow().lines()).containsExactly("first", "second");
    assertThat(log.next(false)).isEmpty();
    write("rd\nlast");
    assertThat(log.next(false).orElseThrow().lines()).containsExactly("third");
    assertThat(log.next(true).orElseThrow().lines()).containsExactly("last");
    assertThat(log.next(true)).isEmpty();
  }

  @Test
  void keepsTheLastLinesAndCountsThoseBefore() throws Exception {
    ChildLog log = new ChildLog(file, 0);
    write(
        IntStream.rangeClosed(1, 200)
            .mapToObj(number -> "line " + number + "\n")
            .collect(Collectors.joining()));
    Logged logged = log.next(false).orElseThrow();
    assertThat(logged.lines())
        .hasSize(Logged.MOST_LINES)
        .startsWith("line 151")
        .endsWith("line 200");
    assertThat(logged.leftOut()).as("with the earlier child's").isEqualTo(151);
  }

  @Test
  void cutsWhatIsTooLongAndGoesOnBehindIt() throws Exception {
    ChildLog log = new ChildLog(file, Files.size(file));
    write("x".repeat(200_000) + "\nbar 10%\rbar 20%\rnext\n");
    Logged logged = log.next(false).orElseThrow();
    assertThat(logged.lines()).allMatch(line -> line.length() <= Logged.LONGEST_LINE);
    assertThat(logged.lines()).endsWith("bar 10%", "bar 20%", "next");
  }

  private void write(String text) throws Exception {
    Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
  }
}
