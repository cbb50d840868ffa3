package dev.morphene.coordinator.database;

import java.util.Collection;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Rows turned into the arrays that {@code unnest} takes: one statement for many rows. */
public final class Columns {
  private Columns() {}

  /**
   * @param array {@code String[]::new} for instance; its element type is the column's
   */
  public static <R, T> T[] of(
      Collection<R> rows, Function<? super R, ? extends T> field, IntFunction<T[]> array) {
    return rows.stream().map(field).toArray(array);
  }
}
