package dev.morphene.coordinator.source;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceView;
import io.vertx.sqlclient.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Rows of sources and their reference clips. The files themselves are nobody's here. */
public final class SourceStore {
  private static final String VIEW =
      """
      jsonb_strip_nulls(jsonb_build_object('id', s.source_id,
        'source', jsonb_build_object('instrument', s.instrument, 'type', s.type, 'name', s.name,
          'origin', s.origin, 'license', s.license, 'restrictions', s.restrictions,
          'durationSeconds', s.duration_seconds, 'quality', s.quality,
          'processing', to_jsonb(s.processing), 'files', to_jsonb(s.files), 'notes', s.notes),
        'references', coalesce((select jsonb_agg(jsonb_build_object('file', c.file,
            'description', c.description, 'durationSeconds', c.duration_seconds) order by c.file)
          from reference_clip c where c.source_id = s.source_id), '[]'),
        'createdAt', s.created_at, 'changedAt', s.changed_at))::text as view
      """;

  private final Database database;

  public SourceStore(Database database) {
    this.database = database;
  }

  public SourceView add(SourceDraft draft) {
    return database.transact(
        transaction -> {
          long id =
              transaction
                  .row(
                      "insert into source (instrument, type, name, origin, license, restrictions,"
                          + " duration_seconds, quality, processing, files, notes) values ($1, $2,"
                          + " $3, $4, $5, $6, $7, $8, $9, $10, $11) returning source_id",
                      fields(draft))
                  .orElseThrow()
                  .getLong("source_id");
          return show(transaction, new SourceId(id));
        });
  }

  /**
   * @throws UnknownSource when there is none
   */
  public SourceView show(SourceId id) {
    return database.transact(transaction -> show(transaction, id));
  }

  /** All, or those of one instrument, in order of id. */
  public List<SourceView> list(OptionalInt instrument) {
    return database.transact(
        transaction ->
            transaction
                .rows(
                    "select "
                        + VIEW
                        + " from source s where $1::integer is null or s.instrument = $1 order by"
                        + " s.source_id",
                    instrument.isPresent() ? (Integer) instrument.getAsInt() : null)
                .stream()
                .map(SourceStore::view)
                .toList());
  }

  /**
   * Changes the named fields; what comes of it is checked as a whole.
   *
   * @throws UnknownSource when there is none
   * @throws MalformedMessage when the result is no source; nothing was changed
   */
  public SourceView change(SourceId id, ObjectNode changes) throws MalformedMessage {
    record Outcome(Optional<SourceView> view, Optional<MalformedMessage> refusal) {}
    Outcome outcome =
        database.transact(
            transaction -> {
              lock(transaction, id);
              try {
                SourceDraft draft = MergePatch.apply(show(transaction, id).source(), changes);
                return new Outcome(Optional.of(write(transaction, id, draft)), Optional.empty());
              } catch (MalformedMessage refusal) {
                return new Outcome(Optional.empty(), Optional.of(refusal));
              }
            });
    if (outcome.refusal().isPresent()) {
      throw outcome.refusal().get();
    }
    return outcome.view().orElseThrow();
  }

  private static SourceView write(Transaction transaction, SourceId id, SourceDraft draft) {
    Object[] fields = fields(draft);
    Object[] withId = Arrays.copyOf(fields, fields.length + 1);
    withId[fields.length] = id.value();
    transaction.update(
        "update source set instrument = $1, type = $2, name = $3, origin = $4, license = $5,"
            + " restrictions = $6, duration_seconds = $7, quality = $8, processing = $9, files ="
            + " $10, notes = $11, changed_at = now() where source_id = $12",
        withId);
    return show(transaction, id);
  }

  /**
   * Removes the record and its reference clips; the files stay.
   *
   * @throws UnknownSource when there is none
   */
  public void delete(SourceId id) {
    int deleted =
        database.transact(
            transaction ->
                transaction.update("delete from source where source_id = $1", id.value()));
    if (deleted == 0) {
      throw new UnknownSource(id);
    }
  }

  /**
   * The same file again replaces what was known of it.
   *
   * @throws UnknownSource when there is no such source
   */
  public SourceView addReference(SourceId id, ReferenceClip clip) {
    return database.transact(
        transaction -> {
          lock(transaction, id);
          transaction.update(
              "insert into reference_clip (source_id, file, description, duration_seconds) values"
                  + " ($1, $2, $3, $4) on conflict (source_id, md5(file)) do update set description"
                  + " = excluded.description, duration_seconds = excluded.duration_seconds",
              id.value(),
              clip.file(),
              clip.description().orElse(null),
              boxed(clip.durationSeconds()));
          transaction.update(
              "update source set changed_at = now() where source_id = $1", id.value());
          return show(transaction, id);
        });
  }

  private static void lock(Transaction transaction, SourceId id) {
    if (transaction
        .row("select 1 from source where source_id = $1 for update", id.value())
        .isEmpty()) {
      throw new UnknownSource(id);
    }
  }

  private static SourceView show(Transaction transaction, SourceId id) {
    return transaction
        .row("select " + VIEW + " from source s where s.source_id = $1", id.value())
        .map(SourceStore::view)
        .orElseThrow(() -> new UnknownSource(id));
  }

  private static SourceView view(Row row) {
    return Jobs.parse(row.getString("view"), SourceView.class);
  }

  /** In the order of the columns. */
  private static Object[] fields(SourceDraft draft) {
    return new Object[] {
      draft.instrument(),
      draft.type().word(),
      draft.name(),
      draft.origin().word(),
      draft.license().orElse(null),
      draft.restrictions().orElse(null),
      boxed(draft.durationSeconds()),
      draft.quality().isPresent() ? (Integer) draft.quality().getAsInt() : null,
      draft.processing().toArray(String[]::new),
      draft.files().toArray(String[]::new),
      draft.notes().orElse(null)
    };
  }

  private static Double boxed(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
  }
}
