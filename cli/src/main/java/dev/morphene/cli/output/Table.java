package dev.morphene.cli.output;

import java.io.PrintStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns as wide as they need to be. Numbers are aligned to the right. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... heads) {
    this.heads = List.of(heads);
  }

  /** Adds a row; {@code null} shows as a dash. */
  public Table row(Object... cells) {
    if (cells.length != heads.size()) {
      throw new IllegalArgumentException(
          "A row has " + heads.size() + " cells, not " + cells.length + ".");
    }
    rows.add(Arrays.stream(cells).map(cell -> cell == null ? "-" : cell.toString()).toList());
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Prints heads and rows, or {@code whenEmpty} alone. */
  public void print(PrintStream out, String whenEmpty) {
    if (rows.isEmpty()) {
      out.println(whenEmpty);
      return;
    }
    lines().forEach(out::println);
  }

  /** The heads and a line for each row. */
  public List<String> lines() {
    int columns = heads.size();
    int[] widths = new int[columns];
    boolean[] toTheRight = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int at = column;
      widths[column] = width(heads.get(column));
      rows.forEach(row -> widths[at] = Math.max(widths[at], width(row.get(at))));
      toTheRight[column] =
          rows.stream().map(row -> row.get(at)).allMatch(cell -> cell.matches("-|-?[0-9].*"));
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(heads, widths, toTheRight));
    rows.forEach(row -> lines.add(line(row, widths, toTheRight)));
    return lines;
  }

  private static String line(List<String> cells, int[] widths, boolean[] toTheRight) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      String blanks = " ".repeat(widths[column] - width(cell));
      line.append(column == 0 ? "" : GAP)
          .append(toTheRight[column] ? blanks + cell : cell + blanks);
    }
    return line.toString().stripTrailing();
  }

  /** What a terminal shows: no colours, composed letters. */
  private static int width(String text) {
    String plain = Style.strip(text);
    return Normalizer.normalize(plain, Normalizer.Form.NFC)
        .codePointCount(0, Normalizer.normalize(plain, Normalizer.Form.NFC).length());
  }
}
