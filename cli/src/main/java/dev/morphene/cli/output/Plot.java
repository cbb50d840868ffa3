package dev.morphene.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A course of values as columns of text, the scale at the left. */
public final class Plot {
  private static final String EIGHTHS = " ▁▂▃▄▅▆▇█";
  private static final String ASCII = " .:#";

  private final Glyphs glyphs;
  private final int columns;
  private final int rows;

  /**
   * @param columns most columns of the course, 1 or more
   * @param rows 1 or more
   */
  public Plot(Glyphs glyphs, int columns, int rows) {
    this.glyphs = glyphs;
    this.columns = Math.max(1, columns);
    this.rows = Math.max(1, rows);
  }

  /**
   * @param values 0 or more; where there are more than columns, each column shows the largest of
   *     its values, so that no peak is lost
   * @param unit written after the numbers of the scale
   * @return the uppermost line first; no lines for no values
   */
  public List<String> lines(List<Double> values, String unit) {
    if (values.isEmpty()) {
      return List.of();
    }
    double[] course = course(values);
    double top = 0;
    for (double value : course) {
      top = Math.max(top, value);
    }
    String levels = glyphs.blocks() ? EIGHTHS : ASCII;
    String edge = glyphs.blocks() ? " ┤" : " |";
    List<String> lines = new ArrayList<>();
    for (int row = rows - 1; row >= 0; row--) {
      StringBuilder line = new StringBuilder(scale(row, top, unit)).append(edge);
      for (double value : course) {
        line.append(cell(levels, top == 0 ? 0 : value / top * rows - row));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private double[] course(List<Double> values) {
    int count = Math.min(columns, values.size());
    double[] course = new double[count];
    for (int index = 0; index < values.size(); index++) {
      int column = (int) ((long) index * count / values.size());
      course[column] = Math.max(course[column], values.get(index));
    }
    return course;
  }

  /** The top's value in the uppermost line, half of it in the middle, blanks elsewhere. */
  private String scale(int row, double top, String unit) {
    double value = top * (row + 1) / rows;
    boolean shown = row == rows - 1 || row == (rows - 1) / 2 && rows > 2;
    return shown
        ? String.format(Locale.ROOT, "%8s", String.format(Locale.ROOT, "%.1f %s", value, unit))
        : " ".repeat(8);
  }

  /**
   * @param height of the column above the row's lower edge, in rows
   */
  private static char cell(String levels, double height) {
    int most = levels.length() - 1;
    return levels.charAt((int) Math.max(0, Math.min(most, Math.ceil(height * most - 1e-9))));
  }
}
