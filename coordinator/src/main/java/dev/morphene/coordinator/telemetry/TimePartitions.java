package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Transaction;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The partitions of one table by day or by month, in UTC, named {@code TABLE_yyyymmdd} after their
 * first day. Its default partition {@code TABLE_other} takes what belongs to none.
 */
enum TimePartitions {
  GPU_SAMPLE("gpu_sample", "at", ChronoUnit.DAYS),
  JOB_SAMPLE("job_sample", "at", ChronoUnit.DAYS),
  GPU_MINUTE("gpu_minute", "minute", ChronoUnit.MONTHS),
  JOB_MINUTE("job_minute", "minute", ChronoUnit.MONTHS);

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);

  private final String table;
  private final String column;
  private final ChronoUnit length;

  TimePartitions(String table, String column, ChronoUnit length) {
    this.table = table;
    this.column = column;
    this.length = length;
  }

  /**
   * Makes the partition before {@code now}'s, its own and the two after it, where they are missing.
   * Rows that already lie in the default partition move into theirs.
   */
  void ahead(Transaction transaction, Instant now) {
    List<LocalDate> there = firstDays(transaction);
    LocalDate present = firstDay(now);
    for (int step = -1; step <= 2; step++) {
      LocalDate first = present.plus(step, length);
      if (!there.contains(first)) {
        make(transaction, first);
      }
    }
  }

  private LocalDate firstDay(Instant time) {
    LocalDate day = time.atOffset(ZoneOffset.UTC).toLocalDate();
    return length == ChronoUnit.DAYS ? day : day.withDayOfMonth(1);
  }

  private void make(Transaction transaction, LocalDate first) {
    String name = table + "_" + NAME.format(first);
    String from = "'" + first + " 00:00+00'";
    String to = "'" + first.plus(1, length) + " 00:00+00'";
    String other = table + "_other";
    // Nothing may come into the default partition between the move and the attachment.
    transaction.update("lock table " + other + " in access exclusive mode");
    transaction.update("create table " + name + " (like " + table + " including defaults)");
    transaction.update(
        "with moved as (delete from "
            + other
            + " where "
            + column
            + " >= "
            + from
            + " and "
            + column
            + " < "
            + to
            + " returning *) insert into "
            + name
            + " select * from moved");
    transaction.update(
        "alter table "
            + table
            + " attach partition "
            + name
            + " for values from ("
            + from
            + ") to ("
            + to
            + ")");
  }

  /**
   * Drops the partitions that end at {@code oldest} or before. In the default partition, which a
   * wrong clock may have filled, nothing stays that is older than that or later than {@code
   * newest}.
   */
  void dropOutside(Transaction transaction, Instant oldest, Instant newest) {
    for (LocalDate first : firstDays(transaction)) {
      Instant end = first.plus(1, length).atStartOfDay(ZoneOffset.UTC).toInstant();
      if (!end.isAfter(oldest)) {
        transaction.update("drop table " + table + "_" + NAME.format(first));
      }
    }
    transaction.update(
        "delete from " + table + "_other where " + column + " < $1 or " + column + " > $2",
        oldest.atOffset(ZoneOffset.UTC),
        newest.atOffset(ZoneOffset.UTC));
  }

  /** Takes the newest blocks into the block range index, or they would all be read for a minute. */
  void summarize(Transaction transaction) {
    transaction.rows(
        """
        select brin_summarize_new_values(c.oid) from pg_inherits i
          join pg_index x on x.indrelid = i.inhrelid join pg_class c on c.oid = x.indexrelid
          join pg_am m on m.oid = c.relam
          where i.inhparent = $1::text::regclass and m.amname = 'brin'
        """,
        table);
  }

  private List<LocalDate> firstDays(Transaction transaction) {
    List<LocalDate> days = new ArrayList<>();
    transaction
        .rows(
            "select inhrelid::regclass::text as name from pg_inherits where inhparent ="
                + " $1::text::regclass",
            table)
        .forEach(row -> add(days, row.getString("name")));
    return days;
  }

  /** The default partition and what an operator attached by hand are none of ours. */
  private void add(List<LocalDate> days, String name) {
    try {
      days.add(LocalDate.parse(name.substring(name.lastIndexOf('_') + 1), NAME));
    } catch (DateTimeParseException notOurs) {
      assert !name.isEmpty() : notOurs;
    }
  }
}
