package dev.morphene.cli.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.CapturedRun;
import dev.morphene.protocol.json.ProtocolJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstrumentsCommandTest {
  @ParameterizedTest
  @ValueSource(strings = {"instruments --list", "instruments"})
  void allFiftyAreListed(String line) {
    CapturedRun run = CapturedRun.of(line.split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(51);
    assertThat(run.out()).contains("Pyroviolin", "Crackling fire", "Caférhodes", "caferhodes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--tier 1", "--tier flagship", "--list --tier Flagship"})
  void aTierAloneListsToo(String flags) {
    CapturedRun run = CapturedRun.of(("instruments " + flags).split(" "));
    assertThat(run.out().lines()).hasSize(11);
    assertThat(run.out()).contains("flagship").doesNotContain("experimental", "strong");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "pyroviolin", "Pyro"})
  void oneIsShownByAnyName(String name) {
    CapturedRun run = CapturedRun.of("instruments", "--show", name);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "Violin",
            "Crackling fire",
            "flagship",
            "sources/pyroviolin/musical/raw/",
            "models/pyroviolin/final/pyroviolin.ts");
  }

  @Test
  void jsonHasTheSame() throws Exception {
    JsonNode all =
        ProtocolJson.mapper().readTree(CapturedRun.of("instruments", "--list", "--json").out());
    assertThat(all.path("instruments")).hasSize(50);
    assertThat(all.at("/instruments/25/folderName").asText()).isEqualTo("caferhodes");
    JsonNode one =
        ProtocolJson.mapper()
            .readTree(CapturedRun.of("instruments", "--show", "10", "--json").out());
    assertThat(one.path("name").asText()).isEqualTo("Pyroviolin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--show 51 | 3 | There is no instrument",
        "--show w | 3 | could be",
        "--show 10 --list | 2 | not both",
        "--show 10 --tier 1 | 2 | not both",
        "--tier golden | 2 | flagship, strong or experimental",
        "--tier | 2 | --tier",
        "10 | 2 | 10",
      })
  void whatIsOffIsToldInOneLine(String flags, int exitCode, String sentence) {
    CapturedRun run = CapturedRun.of(("instruments " + flags).split(" "));
    assertThat(run.errorLines()).hasSize(1);
    assertThat(run.err()).startsWith("morphene").contains(sentence);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void helpHasExamples() {
    for (String command : List.of("instruments", "setup", "sources")) {
      assertThat(CapturedRun.of(command, "--help").out())
          .contains("Usage: morphene " + command, "Examples:", "  morphene " + command + " ");
    }
  }
}
