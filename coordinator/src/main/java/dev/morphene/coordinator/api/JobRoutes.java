package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.forecast.WaitReason;
import dev.morphene.coordinator.job.OperatorCommands;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.submission.JobRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;

/** Looking at jobs and steering them. */
public final class JobRoutes implements RouteGroup {
  private static final String JOBS = "/api/v1/jobs";
  private static final String JOB = JOBS + "/:id";

  private final OperatorCommands commands;
  private final WaitReason waitReason;
  private final Views views;
  private final MemoryCourse memory;
  private final AttemptLog log;

  public JobRoutes(
      Database database, OperatorCommands commands, WaitReason waitReason, Views views) {
    this.commands = commands;
    this.waitReason = waitReason;
    this.views = views;
    this.memory = new MemoryCourse(database);
    this.log = new AttemptLog(database);
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.get(JOBS, this::jobs);
    endpoints.get(JOB, context -> job(Requests.jobId(context)));
    endpoints.get(JOB + "/events", this::events);
    endpoints.get(JOB + "/why", this::why);
    endpoints.get(JOB + "/memory", this::memory);
    endpoints.get(JOB + "/log", this::log);
    endpoints.post(JOB + "/cancel", context -> steer(context, commands::cancel));
    endpoints.post(JOB + "/retry", context -> steer(context, commands::retry));
    endpoints.post(JOB + "/pause", context -> steer(context, commands::pause));
    endpoints.post(JOB + "/resume", context -> steer(context, commands::resume));
    endpoints.post(JOB + "/priority", this::prioritise);
  }

  @FunctionalInterface
  private interface Command {
    void give(JobId job);
  }

  private Answer steer(RoutingContext context, Command command) {
    JobId id = Requests.jobId(context);
    command.give(id);
    return job(id);
  }

  private Answer prioritise(RoutingContext context) throws MalformedMessage {
    JsonNode priority = Requests.objectBody(context).path("priority");
    if (!priority.canConvertToLong() || !priority.isIntegralNumber()) {
      throw new IllegalArgumentException(
          "\"priority\" is a whole number from -1000000 to 1000000; higher goes first.");
    }
    int checked = JobRequest.checkedPriority(priority.asLong());
    return steer(context, job -> commands.prioritise(job, checked));
  }

  private Answer jobs(RoutingContext context) {
    Optional<String> state = Requests.parameter(context, "state");
    if (state.isPresent()) {
      TreeSet<String> known = new TreeSet<>();
      Arrays.stream(JobState.values()).forEach(value -> known.add(value.shownAs()));
      if (!known.contains(state.get())) {
        throw new IllegalArgumentException(
            "\"state\" is one of " + String.join(", ", known) + ", not \"" + state.get() + "\".");
      }
    }
    return Answer.ok(
        views.jobs(
            state,
            Requests.parameter(context, "batch").map(BatchId::parse),
            Requests.limit(context)));
  }

  private Answer job(JobId id) {
    return views.job(id).map(Answer::ok).orElseGet(() -> unknown(id));
  }

  private Answer events(RoutingContext context) {
    JobId id = Requests.jobId(context);
    long after = Requests.after(context);
    int limit = Requests.limit(context);
    return views.has(id) ? Answer.ok(views.events(id, after, limit)) : unknown(id);
  }

  private Answer why(RoutingContext context) {
    JobId id = Requests.jobId(context);
    return waitReason.of(id).map(Answer::ok).orElseGet(() -> unknown(id));
  }

  private Answer memory(RoutingContext context) {
    JobId id = Requests.jobId(context);
    return memory.of(id).map(Answer::ok).orElseGet(() -> unknown(id));
  }

  private Answer log(RoutingContext context) {
    JobId id = Requests.jobId(context);
    long after = Requests.after(context);
    int limit = Requests.limit(context);
    return views.has(id) ? Answer.list("lines", log.lines(id, after, limit)) : unknown(id);
  }

  private static Answer unknown(JobId id) {
    return Answer.notFound("There is no job " + id + ".");
  }
}
