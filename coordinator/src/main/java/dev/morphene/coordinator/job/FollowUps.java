package dev.morphene.coordinator.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.ExportPlan;
import dev.morphene.protocol.spec.ExportSpec;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.TrainSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a completed training run asks for: an audit of each kept checkpoint that passes the filter,
 * and one export that waits until all of them have ended.
 */
public final class FollowUps {
  private final Envelopes envelopes;

  public FollowUps(Envelopes envelopes) {
    this.envelopes = envelopes;
  }

  /** Queues the follow-ups of {@code job}, which has just been completed; most jobs have none. */
  void queue(Transaction transaction, Job job, JsonNode result) {
    if (!(job.spec() instanceof TrainSpec train) || train.followUp().isEmpty()) {
      return;
    }
    AuditPlan plan = train.followUp().get();
    SortedMap<Long, String> checkpoints = checkpoints(transaction, job, result);
    if (checkpoints.isEmpty()) {
      warn(
          transaction,
          job,
          "The training run kept no checkpoint, so there is nothing to audit or to export.");
      return;
    }
    long last = checkpoints.lastKey();
    // Without a filter, those kept for good: a rolling checkpoint may be gone before its audit
    // runs.
    long every =
        plan.everySteps().orElse(train.saveEvery().orElse(TrainSpec.DEFAULT_SAVE_EVERY_STEPS));
    checkpoints.keySet().removeIf(step -> step % every != 0 && step != last);
    Map<JobId, ExportSpec.Candidate> audits = queueAudits(transaction, job, plan, checkpoints);
    plan.export().ifPresent(export -> queueExport(transaction, job, train, plan, export, audits));
  }

  private Map<JobId, ExportSpec.Candidate> queueAudits(
      Transaction transaction, Job job, AuditPlan plan, SortedMap<Long, String> checkpoints) {
    Map<String, AuditSpec> specs = new LinkedHashMap<>();
    checkpoints.forEach(
        (step, path) ->
            specs.put(
                String.format(Locale.ROOT, "%s/audit-%06d", job.name(), step),
                new AuditSpec(
                    path,
                    step,
                    plan.musicalReference(),
                    plan.nonmusicalReference(),
                    InstrumentFolders.auditOf(Path.of(plan.auditFolder()), step).toString(),
                    plan.durationSeconds(),
                    plan.emaWeights())));
    Map<String, JobId> ids =
        Jobs.insert(
            transaction,
            job.batch(),
            specs.entrySet().stream()
                .map(audit -> following(job, audit.getKey(), true, audit.getValue()))
                .toList(),
            envelopes);
    Map<JobId, ExportSpec.Candidate> audits = new TreeMap<>();
    ids.forEach(
        (name, id) -> {
          AuditSpec spec = specs.get(name);
          audits.put(
              id, new ExportSpec.Candidate(spec.step(), spec.checkpoint(), spec.outputFolder()));
        });
    return audits;
  }

  private static NewJob following(Job job, String name, boolean ready, JobSpec spec) {
    return new NewJob(
        name,
        job.instrument(),
        job.priority(),
        job.retryBudget(),
        Optional.of(job.id()),
        ready,
        spec);
  }

  private void queueExport(
      Transaction transaction,
      Job job,
      TrainSpec train,
      AuditPlan plan,
      ExportPlan planned,
      Map<JobId, ExportSpec.Candidate> audits) {
    List<ExportSpec.Candidate> candidates = new ArrayList<>(audits.values());
    ExportSpec spec =
        new ExportSpec(
            train.name(),
            candidates,
            planned.outputFolder(),
            planned.streaming(),
            planned.fidelity(),
            plan.musicalReference(),
            plan.nonmusicalReference(),
            planned.sources(),
            plan.emaWeights());
    String name = job.name() + "/export";
    JobId export =
        Jobs.insert(transaction, job.batch(), List.of(following(job, name, false, spec)), envelopes)
            .get(name);
    audits.keySet().forEach(audit -> Jobs.need(transaction, export, audit, true));
  }

  /** Path by step: out of the result, or what the attempts reported while they ran. */
  private static SortedMap<Long, String> checkpoints(
      Transaction transaction, Job job, JsonNode result) {
    SortedMap<Long, String> checkpoints = new TreeMap<>();
    for (JsonNode checkpoint : result.path("checkpoints")) {
      String path = checkpoint.path("path").asText("");
      if (checkpoint.path("step").isIntegralNumber() && Path.of(path).isAbsolute()) {
        checkpoints.put(checkpoint.path("step").asLong(), path);
      }
    }
    if (checkpoints.isEmpty()) {
      transaction
          .rows(
              "select step, path from checkpoint where job_id = $1 order by stored_at",
              job.id().value())
          .forEach(row -> checkpoints.put(row.getLong("step"), row.getString("path")));
    }
    return checkpoints;
  }

  private static void warn(Transaction transaction, Job job, String message) {
    transaction.update(
        "insert into event (job_id, attempt, sequence, worker, at, type, report) values ($1, $2, 0,"
            + " 'coordinator', now(), 'warned', jsonb_build_object('type', 'warned', 'message',"
            + " $3::text)) on conflict do nothing",
        job.id().value(),
        job.attempt().value(),
        message);
  }
}
