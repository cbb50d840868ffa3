package dev.morphene.gpu.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidMatchingTest {
  private static final String HOST = "pid:[4026531836]";
  private static final String OWN = "pid:[4026532999]";

  @TempDir private Path proc;
  @TempDir private Path hostProc;

  @Test
  void inTheHostsNamespaceIdsAreTheSame() throws IOException {
    process(proc, "self", HOST, "");
    assertThat(PidMatching.of(proc, Optional.empty()).own(4711)).hasValue(4711);
  }

  @Test
  void inANamespaceOfItsOwnNothingMatches() throws IOException {
    process(proc, "self", OWN, "");
    PidMatching pids = PidMatching.of(proc, Optional.empty());
    assertThat(pids.isPossible()).isFalse();
    assertThat(pids.own(4711)).isEmpty();
    assertThat(pids.words()).contains("namespace of its own");
  }

  @Test
  void withTheHostsTableItsIdsAreTranslated() throws IOException {
    process(proc, "self", OWN, "");
    process(hostProc, "4711", OWN, "Name:\ttrainer\nNSpid:\t4711\t35\t17\nThreads:\t1\n");
    process(hostProc, "4712", "pid:[4026532111]", "NSpid:\t4712\t17\n");
    process(hostProc, "4713", OWN, "Name:\told kernel\n");
    process(hostProc, "4714", OWN, "NSpid:\tgarbage\n");
    PidMatching pids = PidMatching.of(proc, Optional.of(hostProc));
    assertThat(pids.own(4711)).hasValue(17);
    assertThat(pids.own(4712)).as("a stranger's container").isEmpty();
    assertThat(pids.own(4713)).isEmpty();
    assertThat(pids.own(4714)).isEmpty();
    assertThat(pids.own(4715)).as("ended meanwhile").isEmpty();
    assertThat(pids.words()).contains("NSpid");
  }

  @Test
  void withoutAReadableTableNothingMatches() {
    PidMatching pids = PidMatching.of(proc, Optional.empty());
    assertThat(pids.isPossible()).isFalse();
    assertThat(pids.words()).contains("cannot be read");
  }

  @Test
  void theTableOfThisMachineCanBeRead() {
    assertThat(PidMatching.of(Path.of("/proc"), Optional.empty()).words())
        .doesNotContain("cannot be read");
  }

  private static void process(Path table, String name, String namespace, String status)
      throws IOException {
    Path folder = Files.createDirectories(table.resolve(name).resolve("ns"));
    Files.createSymbolicLink(folder.resolve("pid"), Path.of(namespace));
    Files.writeString(table.resolve(name).resolve("status"), status);
  }
}
