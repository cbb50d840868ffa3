package dev.morphene.coordinator.database;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Statements of one transaction, one after the other; each call waits for its answer. JSON goes in
 * and out as text: {@code $1::text::jsonb}, {@code spec::text}.
 */
public final class Transaction {
  private final SqlConnection connection;

  Transaction(SqlConnection connection) {
    this.connection = connection;
  }

  public List<Row> rows(String sql, Object... parameters) {
    List<Row> rows = new ArrayList<>();
    execute(sql, parameters).forEach(rows::add);
    return rows;
  }

  /** The first row. */
  public Optional<Row> row(String sql, Object... parameters) {
    List<Row> rows = rows(sql, parameters);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
  }

  /** How many rows were changed. */
  public int update(String sql, Object... parameters) {
    return execute(sql, parameters).rowCount();
  }

  private RowSet<Row> execute(String sql, Object... parameters) {
    List<Object> values = new ArrayList<>(Arrays.asList(parameters));
    values.replaceAll(Transaction::storable);
    return Database.await(connection.preparedQuery(sql).execute(Tuple.tuple(values)));
  }

  /** Postgres' text cannot hold the zero character, and what a trainer prints may. */
  private static Object storable(Object value) {
    if (value instanceof String text) {
      return withoutZero(text);
    }
    return value instanceof String[] texts
        ? Arrays.stream(texts).map(Transaction::withoutZero).toArray(String[]::new)
        : value;
  }

  private static String withoutZero(String text) {
    return text == null ? null : text.replace("\0", "");
  }
}
