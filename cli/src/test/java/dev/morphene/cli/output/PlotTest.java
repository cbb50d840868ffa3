package dev.morphene.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlotTest {
  private static final Glyphs BLOCKS = new Glyphs(true);
  private static final Glyphs ASCII = new Glyphs(false);

  @Test
  void columnsAreAsHighAsTheirValues() {
    assertThat(new Plot(BLOCKS, 10, 2).lines(List.of(0.0, 2.0, 4.0, 1.0), "GB"))
        .containsExactly("  4.0 GB ┤  █", "         ┤ ██▄");
  }

  @Test
  void withoutBlockCharactersItIsAscii() {
    assertThat(new Plot(ASCII, 10, 3).lines(List.of(3.0, 1.5, 0.0), "GB"))
        .containsExactly("  3.0 GB |#", "  2.0 GB |#:", "         |##");
  }

  @Test
  void manyValuesShareColumnsAndTheirPeakStays() {
    List<Double> values =
        IntStream.range(0, 1_000).mapToObj(index -> index == 777 ? 40.0 : 1.0).toList();
    List<String> lines = new Plot(BLOCKS, 50, 4).lines(values, "GB");
    assertThat(lines.get(0)).startsWith(" 40.0 GB").contains("█");
    assertThat(lines).allMatch(line -> line.length() <= 60);
  }

  @Test
  void nothingIsDrawnOfNothingAndZerosAreFlat() {
    assertThat(new Plot(BLOCKS, 10, 2).lines(List.of(), "GB")).isEmpty();
    assertThat(new Plot(BLOCKS, 10, 2).lines(List.of(0.0, 0.0), "GB"))
        .containsExactly("  0.0 GB ┤", "         ┤");
  }
}
