package dev.morphene.coordinator.forecast;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import dev.morphene.protocol.view.WaitView;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why a job waits: what it needs, what the pool has, when it is predicted to start. */
public final class WaitReason {
  private static final int MOST_WAITING = 2_000;

  private final Database database;
  private final Pool pool;
  private final MemoryRule rule;

  public WaitReason(Database database, Pool pool, MemoryRule rule) {
    this.database = database;
    this.pool = pool;
    this.rule = rule;
  }

  /** Empty when there is no such job. */
  public Optional<WaitView> of(JobId id) {
    return database.transact(
        transaction -> Jobs.find(transaction, id).map(job -> explain(transaction, job)));
  }

  private WaitView explain(Transaction transaction, Job job) {
    if (job.state().isEnd() || job.state() == JobState.RUNNING) {
      return WaitView.of(job.id(), "It does not wait: it is " + job.state().word() + ".");
    }
    if (job.paused()) {
      return WaitView.of(
          job.id(), "It is paused; it waits until somebody resumes it (morphene queue resume).");
    }
    if (job.state() == JobState.RETRYING) {
      Row row =
          transaction
              .row("select not_before from job where job_id = $1", job.id().value())
              .orElseThrow();
      return WaitView.of(
          job.id(),
          "Its last attempt failed; it is tried again at "
              + row.getOffsetDateTime("not_before").toInstant()
              + ".");
    }
    List<Long> open = openNeeds(transaction, job);
    if (!open.isEmpty()) {
      return WaitView.of(job.id(), "It needs other jobs that have not ended yet: " + open + ".");
    }
    if (QueuePause.isPaused(transaction)) {
      return WaitView.of(
          job.id(),
          "The whole queue is paused; nothing starts until somebody resumes it (morphene queue"
              + " resume).");
    }
    return job.need().isPresent()
        ? forGpu(transaction, job, job.need().get())
        : forSlot(transaction, job);
  }

  private static List<Long> openNeeds(Transaction transaction, Job job) {
    return transaction
        .rows(
            "select n.job_id from job_need d join job n on n.job_id = d.need_id where d.job_id = $1"
                + " and n.state not in ('completed', 'failed', 'cancelled') order by n.job_id",
            job.id().value())
        .stream()
        .map(row -> row.getLong("job_id"))
        .toList();
  }

  /** Kinds that need no GPU wait for a free slot alone. */
  private static WaitView forSlot(Transaction transaction, Job job) {
    long nodes =
        transaction
            .row(
                "select count(*) as nodes from worker where kinds ? $1 and not draining and"
                    + " quarantined_at is null and last_seen_at > now() - interval '30 seconds'",
                job.spec().kind().word())
            .orElseThrow()
            .getLong("nodes");
    return WaitView.of(
        job.id(),
        nodes == 0
            ? "No node takes "
                + job.spec().kind().word()
                + " jobs now; start one with: morphene audit-worker."
            : "Every slot of the " + nodes + " nodes that take such jobs is busy.");
  }

  private WaitView forGpu(Transaction transaction, Job job, JobNeed need) {
    List<Waiting> waiting = pool.waiting(transaction, MOST_WAITING);
    PoolOutlook outlook = PoolOutlook.read(transaction, pool, List.of());
    List<StartForecast.Gpu> gpus = outlook.gpus();
    StartForecast.Forecast forecast =
        new StartForecast(rule).of(job.id(), waiting, gpus, outlook.runTimes(), outlook.now());
    long couldHold = gpus.stream().filter(gpu -> rule.couldEverHold(gpu.snapshot(), need)).count();
    long roomNow = gpus.stream().filter(gpu -> rule.allows(gpu.snapshot(), need)).count();
    List<String> words = new ArrayList<>();
    words.add(
        "It needs "
            + need.memory()
            + " on a GPU that at most "
            + need.sideBySide()
            + " jobs share.");
    words.add(
        "The pool has "
            + gpus.size()
            + " GPUs; "
            + couldHold
            + " are large enough, "
            + roomNow
            + " have room now.");
    Optional<Place> kept = keptFor(transaction, job.id());
    kept.ifPresent(
        place -> words.add("GPU " + place.gpu() + " of " + place.worker() + " is kept for it."));
    long before = waiting.stream().takeWhile(other -> !other.job().equals(job.id())).count();
    if (before > 0) {
      words.add(before + " training jobs go before it.");
    }
    words.add(words(forecast));
    words.add(fix(forecast, couldHold, need));
    return new WaitView(
        job.id(),
        Optional.of(need.memory()),
        Optional.of((int) couldHold),
        Optional.of((int) roomNow),
        forecast instanceof StartForecast.At at ? Optional.of(at.start()) : Optional.empty(),
        words);
  }

  private Optional<Place> keptFor(Transaction transaction, JobId job) {
    return pool.reservations(transaction).entrySet().stream()
        .filter(entry -> entry.getValue().equals(job))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static String words(StartForecast.Forecast forecast) {
    if (forecast instanceof StartForecast.Now now) {
      return "There is a place on " + now.place().worker() + "; it should start within seconds.";
    }
    if (forecast instanceof StartForecast.At at) {
      return "It is predicted to start at " + at.start() + " on " + at.place().worker() + ".";
    }
    if (forecast instanceof StartForecast.Unknown unknown) {
      return "When it starts cannot be told: " + unknown.reason();
    }
    return "It cannot start: " + ((StartForecast.Never) forecast).reason();
  }

  private static String fix(StartForecast.Forecast forecast, long couldHold, JobNeed need) {
    if (forecast instanceof StartForecast.Never || couldHold == 0) {
      ByteSize least = new ByteSize(need.memory().bytes() + (1L << 30));
      return "To start it, add a GPU of at least "
          + least
          + ", or submit it with a smaller batch or config.";
    }
    return forecast instanceof StartForecast.Now
        ? "Nothing needs to be done."
        : "To start it sooner, add a node or raise its priority.";
  }
}
