package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.view.LogLine;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** What a job's attempts said and what happened to them, in lines for people. */
final class AttemptLog {
  private static final String EVENTS =
      """
      select e.event_id, e.attempt, e.at, e.type, e.report::text as report, e.worker,
          coalesce(a.gpu, '') as gpu
        from event e left join attempt a on a.job_id = e.job_id and a.number = e.attempt
        where e.job_id = $1 and e.event_id > $2 and e.refused is null
        order by e.event_id limit $3
      """;

  private final Database database;

  AttemptLog(Database database) {
    this.database = database;
  }

  /**
   * Oldest first. The lines of one event bear its id and stay together, so that whoever asks for
   * what comes after the last one misses none.
   *
   * @param after an event's id
   * @param limit on the lines; one event may go beyond it when it is the first
   */
  List<LogLine> lines(JobId job, long after, int limit) {
    List<LogLine> lines = new ArrayList<>();
    for (Row row :
        database.transact(
            transaction -> transaction.rows(EVENTS, job.value(), after, (long) limit))) {
      List<String> texts =
          LogText.lines(
              row.getString("type"),
              Jobs.parse(row.getString("report"), JsonNode.class),
              row.getString("worker"),
              row.getString("gpu"));
      if (!lines.isEmpty() && lines.size() + texts.size() > limit) {
        break;
      }
      for (String text : texts) {
        lines.add(
            new LogLine(
                row.getLong("event_id"),
                row.getInteger("attempt"),
                row.getOffsetDateTime("at").toInstant(),
                text));
      }
    }
    return lines;
  }
}
