package dev.morphene.trials.simulation;

import dev.morphene.protocol.memory.ByteSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long a pool of different GPUs needs at least for work of several sizes, when each GPU may
 * hold at any moment any set of jobs that the class rule and its memory allow, and work may be cut
 * at will. Solved as the dual linear program, whose every feasible point is a lower bound:
 *
 * <pre>maximise Σ work·w   where for each GPU model g and each allowed set, Σ w ≤ u(g);
 *                    Σ count(g)·u(g) ≤ 1;   w, u ≥ 0</pre>
 *
 * A w is the price of an hour of a size, a u what an hour of a GPU is worth.
 */
final class PackingProgram {
  private static final double TINY = 1e-9;

  /**
   * @param least memory that every such job takes
   * @param sideBySide how many jobs may share a GPU with it
   */
  record Size(ByteSize least, int sideBySide) {}

  private final List<Size> sizes;
  private final List<ByteSize> models;
  private final double[] counts;
  private final List<double[]> rows = new ArrayList<>();

  /**
   * @param counts GPUs of each model
   */
  PackingProgram(List<Size> sizes, List<ByteSize> models, double[] counts) {
    this.sizes = sizes;
    this.models = models;
    this.counts = counts.clone();
    for (int model = 0; model < models.size(); model++) {
      addSets(model, 0, new int[sizes.size()], 0, Integer.MAX_VALUE, models.get(model).bytes());
    }
  }

  private void addSets(int model, int from, int[] set, int together, int atMost, long roomBytes) {
    if (together > 0) {
      double[] row = new double[sizes.size() + models.size()];
      for (int i = 0; i < set.length; i++) {
        row[i] = set[i];
      }
      row[sizes.size() + model] = -1;
      rows.add(row);
    }
    for (int size = from; size < sizes.size(); size++) {
      Size next = sizes.get(size);
      int limit = Math.min(atMost, next.sideBySide());
      if (together + 1 <= limit && next.least().bytes() <= roomBytes) {
        set[size]++;
        addSets(model, size, set, together + 1, limit, roomBytes - next.least().bytes());
        set[size]--;
      }
    }
  }

  /**
   * In the unit of the work.
   *
   * @param work total time of the jobs of each size
   */
  double leastTime(double[] work) {
    int variables = sizes.size() + models.size();
    int constraints = rows.size() + 1;
    double[][] table = new double[constraints + 1][variables + constraints + 1];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, table[row], 0, variables);
    }
    System.arraycopy(counts, 0, table[rows.size()], sizes.size(), counts.length);
    for (int row = 0; row < constraints; row++) {
      table[row][variables + row] = 1;
    }
    table[rows.size()][variables + constraints] = 1;
    for (int size = 0; size < sizes.size(); size++) {
      table[constraints][size] = -work[size];
    }
    int[] basis = new int[constraints];
    Arrays.setAll(basis, row -> variables + row);
    solve(table, basis);
    return feasibleValue(table, basis, work);
  }

  /** Simplex; the smallest index enters and leaves (Bland), so that it ends. */
  private static void solve(double[][] table, int[] basis) {
    int last = table[0].length - 1;
    double[] goal = table[table.length - 1];
    while (true) {
      int column = 0;
      while (column < last && goal[column] >= -TINY) {
        column++;
      }
      if (column == last) {
        return;
      }
      int leaving = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int row = 0; row < basis.length; row++) {
        if (table[row][column] > TINY) {
          double ratio = table[row][last] / table[row][column];
          if (ratio < least - TINY
              || ratio < least + TINY && leaving >= 0 && basis[row] < basis[leaving]) {
            least = ratio;
            leaving = row;
          }
        }
      }
      if (leaving < 0) {
        throw new IllegalStateException("A job fits on no GPU: the program is unbounded");
      }
      pivot(table, leaving, column);
      basis[leaving] = column;
    }
  }

  private static void pivot(double[][] table, int pivotRow, int column) {
    double[] pivot = table[pivotRow];
    double factor = pivot[column];
    for (int i = 0; i < pivot.length; i++) {
      pivot[i] /= factor;
    }
    for (int row = 0; row < table.length; row++) {
      double times = table[row][column];
      if (row != pivotRow && times != 0) {
        for (int i = 0; i < pivot.length; i++) {
          table[row][i] -= times * pivot[i];
        }
      }
    }
  }

  /** Scales the solution so that rounding has not broken a constraint: a true bound. */
  private double feasibleValue(double[][] table, int[] basis, double[] work) {
    double[] point = new double[sizes.size() + models.size()];
    for (int row = 0; row < basis.length; row++) {
      if (basis[row] < point.length) {
        point[basis[row]] = Math.max(0, table[row][table[row].length - 1]);
      }
    }
    double[] worth = new double[models.size()];
    for (double[] row : rows) {
      double price = 0;
      int model = 0;
      for (int i = 0; i < row.length; i++) {
        if (i < sizes.size()) {
          price += row[i] * point[i];
        } else if (row[i] < 0) {
          model = i - sizes.size();
        }
      }
      worth[model] = Math.max(worth[model], price);
    }
    double pool = 0;
    for (int model = 0; model < models.size(); model++) {
      pool += counts[model] * worth[model];
    }
    double value = 0;
    for (int size = 0; size < sizes.size(); size++) {
      value += work[size] * point[size];
    }
    return pool == 0 ? 0 : value / pool;
  }
}
