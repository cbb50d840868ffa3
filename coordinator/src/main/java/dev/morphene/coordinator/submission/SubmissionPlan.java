package dev.morphene.coordinator.submission;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.forecast.PoolFuture;
import dev.morphene.coordinator.forecast.PoolOutlook;
import dev.morphene.coordinator.forecast.StartForecast;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.coordinator.source.Readinesses;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.view.PlanView;
import dev.morphene.protocol.view.PlanView.PlannedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Says what a submission would become, by the rules that act when it is sent; writes nothing. */
public final class SubmissionPlan {
  /** Ids of jobs that are not there, above all that ever will be. */
  private static final long FIRST_ID = 1L << 62;

  /** What may share a GPU when it needs none. */
  private static final int ANY_NUMBER = 3;

  private final Database database;
  private final InstrumentCatalogue catalogue;
  private final SubmissionRules rules;
  private final Envelopes envelopes;
  private final PoolLimit poolLimit;
  private final Readinesses readinesses;
  private final Pool pool;
  private final MemoryRule memoryRule;
  private final Rehearsals rehearsals;

  public SubmissionPlan(
      Database database,
      InstrumentCatalogue catalogue,
      Envelopes envelopes,
      Readinesses readinesses,
      Pool pool,
      MemoryRule memoryRule) {
    this.database = database;
    this.catalogue = catalogue;
    this.rules = new SubmissionRules(catalogue);
    this.envelopes = envelopes;
    this.poolLimit = new PoolLimit(envelopes);
    this.readinesses = readinesses;
    this.pool = pool;
    this.memoryRule = memoryRule;
    this.rehearsals = new Rehearsals(envelopes);
  }

  public PlanView of(Submission submission) {
    return database.transact(
        transaction -> of(transaction, rehearsals.complete(transaction, submission)));
  }

  private PlanView of(Transaction transaction, Submission submission) {
    List<JobRequest> jobs = submission.jobs();
    List<Envelopes.Promise> promises =
        envelopes.promises(transaction, jobs.stream().map(JobRequest::spec).toList());
    List<Optional<String>> objections = objections(transaction, submission, promises);
    PoolOutlook outlook =
        PoolOutlook.read(
            transaction,
            pool,
            promises.stream().flatMap(promise -> promise.recipe().stream()).toList());
    Map<JobId, PoolFuture.Outcome> outcomes =
        QueuePause.isPaused(transaction)
            ? Map.of()
            : outlook.with(memoryRule, tasks(jobs, promises, objections, outlook));
    List<PlannedJob> planned = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      planned.add(
          planned(
              jobs.get(i),
              promises.get(i).need(),
              Optional.ofNullable(outcomes.get(id(i))),
              objections.get(i),
              outlook));
    }
    List<Optional<Instant>> ends = planned.stream().map(PlannedJob::predictedEnd).toList();
    return new PlanView(
        planned,
        ends.stream().allMatch(Optional::isPresent)
            ? ends.stream().flatMap(Optional::stream).max(Instant::compareTo)
            : Optional.empty());
  }

  private List<Optional<String>> objections(
      Transaction transaction, Submission submission, List<Envelopes.Promise> promises) {
    List<JobRequest> jobs = submission.jobs();
    List<Optional<String>> tooLarge = poolLimit.objections(transaction, jobs, promises);
    Map<Integer, Optional<String>> lacking = new HashMap<>();
    List<Optional<String>> objections = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      JobRequest job = jobs.get(i);
      Optional<String> large = tooLarge.get(i);
      boolean needsMaterial =
          job.spec().kind() == JobKind.TRAIN
              && job.instrument().isPresent()
              && !submission.allowIncomplete().orElse(false);
      objections.add(
          rules
              .objection(job)
              .or(() -> large)
              .or(
                  () ->
                      needsMaterial
                          ? lacking.computeIfAbsent(
                              job.instrument().getAsInt(),
                              number -> readinesses.objection(transaction, List.of(number)))
                          : Optional.empty()));
    }
    return objections;
  }

  /** Those that would be accepted, and ever find a place. */
  private static Map<PoolFuture.Task, Integer> tasks(
      List<JobRequest> jobs,
      List<Envelopes.Promise> promises,
      List<Optional<String>> objections,
      PoolOutlook outlook) {
    Map<String, JobId> ids = new HashMap<>();
    Map<PoolFuture.Task, Integer> tasks = new LinkedHashMap<>();
    for (int i = 0; i < jobs.size(); i++) {
      JobRequest job = jobs.get(i);
      ids.put(job.name(), id(i));
      Set<JobId> waitsFor = job.needs().stream().map(ids::get).collect(Collectors.toSet());
      tasks.put(
          new PoolFuture.Task(
              id(i),
              promises.get(i).need(),
              waitsFor,
              objections.get(i).isEmpty() ? outlook.runTime(job.spec()) : Optional.empty()),
          job.priority().orElse(0));
    }
    return tasks;
  }

  private static JobId id(int index) {
    return new JobId(FIRST_ID + index);
  }

  private PlannedJob planned(
      JobRequest job,
      Optional<JobNeed> need,
      Optional<PoolFuture.Outcome> outcome,
      Optional<String> objection,
      PoolOutlook outlook) {
    Optional<PoolFuture.Outcome> allowed = objection.isEmpty() ? outcome : Optional.empty();
    Optional<Place> place =
        objection.isPresent()
            ? Optional.empty()
            : allowed
                .flatMap(PoolFuture.Outcome::place)
                .or(() -> need.flatMap(size -> placeNow(size, outlook)));
    return new PlannedJob(
        job.name(),
        job.spec().kind(),
        job.instrument().isPresent()
            ? catalogue.byNumber(job.instrument().getAsInt())
            : Optional.empty(),
        need.map(JobNeed::memory),
        need.map(JobNeed::sideBySide).orElse(ANY_NUMBER),
        place.map(Place::worker),
        place.map(Place::gpu),
        allowed.map(PoolFuture.Outcome::start),
        allowed.flatMap(PoolFuture.Outcome::end),
        objection.or(() -> need.flatMap(size -> tooLargeNow(job, size, outlook))));
  }

  /** As if nothing waited: for a job of which it cannot be told when its turn comes. */
  private Optional<Place> placeNow(JobNeed need, PoolOutlook outlook) {
    return outlook.gpus().stream()
        .filter(gpu -> memoryRule.allows(gpu.snapshot(), need))
        .min(Comparator.comparingLong(gpu -> memoryRule.usableBytes(gpu.snapshot())))
        .map(StartForecast.Gpu::place);
  }

  /** A larger GPU was there within the last days and may come again. */
  private Optional<String> tooLargeNow(JobRequest job, JobNeed need, PoolOutlook outlook) {
    return outlook.gpus().isEmpty()
            || outlook.gpus().stream()
                .anyMatch(gpu -> memoryRule.couldEverHold(gpu.snapshot(), need))
        ? Optional.empty()
        : Optional.of(
            "Job \""
                + job.name()
                + "\" needs "
                + need.memory()
                + " and no GPU that is there now is large enough; add one, or choose a smaller"
                + " config or batch.");
  }
}
