package dev.morphene.coordinator.source;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.source.Readiness;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much material instruments have, out of their sources. */
public final class Readinesses {
  private static final String HOURS =
      """
      select s.instrument, count(*) as sources,
          coalesce(sum(s.duration_seconds) filter (where s.type = 'musical'), 0) / 3600 as musical,
          coalesce(sum(s.duration_seconds) filter (where s.type = 'nonmusical'), 0) / 3600
            as nonmusical,
          coalesce(sum((select count(*) from reference_clip c where c.source_id = s.source_id)), 0)
            ::bigint as clips
        from source s where s.instrument = any($1) group by s.instrument
      """;

  /** What a reading can tell; more is told as this much. */
  private static final double MOST_HOURS = 1e9;

  private final Database database;
  private final InstrumentCatalogue catalogue;

  public Readinesses(Database database, InstrumentCatalogue catalogue) {
    this.database = database;
    this.catalogue = catalogue;
  }

  /** Of every instrument, in order of number. */
  public List<Readiness> all() {
    return database.transact(transaction -> of(transaction, catalogue.instruments()));
  }

  /** Empty when the catalogue does not have the number. */
  public Optional<Readiness> of(int number) {
    return catalogue
        .byNumber(number)
        .map(
            instrument ->
                database.transact(transaction -> of(transaction, List.of(instrument))).get(0));
  }

  /**
   * What keeps some of the instruments from being trained, as one sentence; empty when all are
   * ready.
   *
   * @param numbers unknown ones are left out
   */
  public Optional<String> objection(Transaction transaction, Collection<Integer> numbers) {
    List<Instrument> instruments =
        numbers.stream()
            .distinct()
            .sorted()
            .flatMap(number -> catalogue.byNumber(number).stream())
            .toList();
    if (instruments.isEmpty()) {
      return Optional.empty();
    }
    List<String> lacking =
        of(transaction, instruments).stream()
            .filter(readiness -> !readiness.isReady())
            .map(Readinesses::words)
            .toList();
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join("; ", lacking)
                + "; add sources (morphene sources add), or allow incomplete material in the"
                + " submission (\"allowIncomplete\": true).");
  }

  private static String words(Readiness readiness) {
    return "Instrument "
        + readiness.instrument().number()
        + " "
        + readiness.instrument().name()
        + " lacks "
        + String.join(" and ", readiness.missing());
  }

  private static List<Readiness> of(Transaction transaction, List<Instrument> instruments) {
    Map<Integer, Row> rows = new HashMap<>();
    transaction
        .rows(HOURS, (Object) instruments.stream().map(Instrument::number).toArray(Integer[]::new))
        .forEach(row -> rows.put(row.getInteger("instrument"), row));
    return instruments.stream()
        .map(
            instrument -> readiness(instrument, Optional.ofNullable(rows.get(instrument.number()))))
        .toList();
  }

  private static Readiness readiness(Instrument instrument, Optional<Row> row) {
    return new Readiness(
        instrument,
        row.map(found -> Math.min(MOST_HOURS, found.getDouble("musical"))).orElse(0.0),
        row.map(found -> Math.min(MOST_HOURS, found.getDouble("nonmusical"))).orElse(0.0),
        row.map(found -> found.getLong("sources").intValue()).orElse(0),
        row.map(found -> found.getLong("clips").intValue()).orElse(0));
  }
}
