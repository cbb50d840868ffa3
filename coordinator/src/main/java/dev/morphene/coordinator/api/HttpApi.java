package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.database.DatabaseUnavailable;
import dev.morphene.coordinator.job.OperatorCommands;
import dev.morphene.coordinator.job.OperatorRefusal;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API under {@code /api/v1}, the web page, {@code /health} and {@code /metrics}. Every answer
 * but the page and the metrics is JSON; an error is {@code {"error": one sentence}}.
 */
public final class HttpApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final long BODY_LIMIT_BYTES = 4L << 20;
  private static final int DEFAULT_LIMIT = 200;
  private static final int MOST = 1_000;

  private final Submissions submissions;
  private final OperatorCommands commands;
  private final Views views;
  private final Health health;
  private final PrometheusMeterRegistry metrics;
  private final Executor workers;
  private final Buffer page;

  /**
   * @param workers run whatever waits for the database
   */
  public HttpApi(
      Submissions submissions,
      OperatorCommands commands,
      Views views,
      Health health,
      PrometheusMeterRegistry metrics,
      Executor workers) {
    this.submissions = submissions;
    this.commands = commands;
    this.views = views;
    this.health = health;
    this.metrics = metrics;
    this.workers = workers;
    this.page = page();
  }

  public Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(HttpApi::refuseOtherOrigins);
    router
        .post("/api/v1/submissions")
        .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT_BYTES))
        .handler(context -> run(context, () -> submit(context)));
    router.get("/api/v1/jobs").handler(context -> run(context, () -> jobs(context)));
    router.get("/api/v1/jobs/:id").handler(context -> run(context, () -> job(jobId(context))));
    router.get("/api/v1/jobs/:id/events").handler(context -> run(context, () -> events(context)));
    router
        .post("/api/v1/jobs/:id/cancel")
        .handler(
            context ->
                run(
                    context,
                    () -> {
                      commands.cancel(jobId(context));
                      return job(jobId(context));
                    }));
    router
        .post("/api/v1/jobs/:id/retry")
        .handler(
            context ->
                run(
                    context,
                    () -> {
                      commands.retry(jobId(context));
                      return job(jobId(context));
                    }));
    router
        .get("/api/v1/batches")
        .handler(context -> run(context, () -> new Answer(200, views.batches(limit(context)))));
    router.get("/api/v1/batches/:id").handler(context -> run(context, () -> batch(context)));
    router
        .get("/api/v1/nodes")
        .handler(context -> run(context, () -> new Answer(200, views.nodes())));
    router.get("/health").handler(context -> run(context, this::health));
    router.get("/metrics").handler(this::metrics);
    router.get("/").handler(this::page);
    router.errorHandler(404, context -> error(context, 404, "There is nothing here; see /api/v1."));
    router.errorHandler(405, context -> error(context, 405, "That method is not known here."));
    router.errorHandler(
        413,
        context -> error(context, 413, "The body is longer than " + BODY_LIMIT_BYTES + " bytes."));
    router.errorHandler(500, context -> error(context, 500, "A fault of ours; see the log."));
    return router;
  }

  private record Answer(int status, ObjectNode body) {}

  @FunctionalInterface
  private interface Work {
    Answer run() throws MalformedMessage;
  }

  private void run(RoutingContext context, Work work) {
    try {
      workers.execute(() -> answer(context, work));
    } catch (RejectedExecutionException busy) {
      error(context, 503, "Too many requests wait already; try again soon.");
    }
  }

  /** The one mapping from what went wrong to a status. */
  private static void answer(RoutingContext context, Work work) {
    try {
      Answer answer = work.run();
      send(context, answer.status(), answer.body());
    } catch (MalformedMessage | IllegalArgumentException wrong) {
      error(context, 400, wrong.getMessage());
    } catch (OperatorRefusal refusal) {
      boolean unknown = refusal.reason() == OperatorRefusal.Reason.UNKNOWN_JOB;
      error(context, unknown ? 404 : 409, refusal.getMessage());
    } catch (DatabaseUnavailable away) {
      error(context, 503, away.getMessage());
    } catch (RuntimeException fault) {
      LOG.error("{} {} failed.", context.request().method(), context.request().path(), fault);
      error(context, 500, "A fault of ours; see the log.");
    }
  }

  private Answer submit(RoutingContext context) throws MalformedMessage {
    Buffer body = context.body().buffer();
    byte[] bytes = body == null ? new byte[0] : body.getBytes();
    SubmissionReply reply = submissions.accept(ProtocolJson.read(bytes, Submission.class));
    if (reply instanceof SubmissionReply.Refused refused) {
      throw new IllegalArgumentException(refused.message());
    }
    boolean known = ((SubmissionReply.Accepted) reply).alreadyKnown();
    return new Answer(known ? 200 : 201, (ObjectNode) ProtocolJson.tree(reply));
  }

  private Answer jobs(RoutingContext context) {
    Optional<String> state = parameter(context, "state");
    if (state.isPresent()) {
      TreeSet<String> known = new TreeSet<>();
      Arrays.stream(JobState.values()).forEach(value -> known.add(value.shownAs()));
      if (!known.contains(state.get())) {
        throw new IllegalArgumentException(
            "\"state\" is one of " + String.join(", ", known) + ", not \"" + state.get() + "\".");
      }
    }
    return new Answer(
        200, views.jobs(state, parameter(context, "batch").map(BatchId::parse), limit(context)));
  }

  private Answer job(JobId id) {
    return views.job(id).map(view -> new Answer(200, view)).orElseGet(() -> unknownJob(id));
  }

  private Answer events(RoutingContext context) {
    JobId id = jobId(context);
    if (views.job(id).isEmpty()) {
      return unknownJob(id);
    }
    long after = number(context, "after", 0, 0, Long.MAX_VALUE);
    return new Answer(200, views.events(id, after, limit(context)));
  }

  private Answer batch(RoutingContext context) {
    BatchId id = BatchId.parse(context.pathParam("id"));
    return views
        .batch(id)
        .map(view -> new Answer(200, view))
        .orElseGet(() -> new Answer(404, sentence("There is no batch " + id + ".")));
  }

  private Answer health() {
    ObjectNode view = health.view();
    return new Answer(view.get("healthy").asBoolean() ? 200 : 503, view);
  }

  private void metrics(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(metrics.scrape());
  }

  private void page(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", "text/html; charset=utf-8")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src"
                + " 'unsafe-inline'")
        .end(page);
  }

  private static Answer unknownJob(JobId id) {
    return new Answer(404, sentence("There is no job " + id + "."));
  }

  private static JobId jobId(RoutingContext context) {
    String text = context.pathParam("id");
    try {
      return new JobId(Long.parseLong(text));
    } catch (NumberFormatException cause) {
      throw new IllegalArgumentException("A job id is a number, not \"" + text + "\".", cause);
    }
  }

  private static int limit(RoutingContext context) {
    return (int) number(context, "limit", DEFAULT_LIMIT, 1, MOST);
  }

  private static long number(
      RoutingContext context, String name, long absent, long least, long most) {
    Optional<String> text = parameter(context, name);
    try {
      long value = text.isEmpty() ? absent : Long.parseLong(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException cause) {
      LOG.debug("Not a number.", cause);
    }
    throw new IllegalArgumentException(
        "\""
            + name
            + "\" is a number from "
            + least
            + " to "
            + most
            + ", not \""
            + text.get()
            + "\".");
  }

  private static Optional<String> parameter(RoutingContext context, String name) {
    return Optional.ofNullable(context.request().getParam(name)).filter(text -> !text.isBlank());
  }

  /** A page of another site, open in an operator's browser, must not cancel jobs. */
  private static void refuseOtherOrigins(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    String host = context.request().getHeader("Host");
    if (origin == null || origin.replaceFirst("^https?://", "").equals(host)) {
      context.next();
    } else {
      error(context, 403, "Requests from pages of another site are refused.");
    }
  }

  private static ObjectNode sentence(String message) {
    return ProtocolJson.mapper().createObjectNode().put("error", message);
  }

  private static void error(RoutingContext context, int status, String message) {
    send(context, status, sentence(message));
  }

  private static void send(RoutingContext context, int status, ObjectNode body) {
    if (!context.response().ended()) {
      context
          .response()
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json")
          .putHeader("Cache-Control", "no-store")
          .end(Buffer.buffer(ProtocolJson.write(body)));
    }
  }

  private static Buffer page() {
    try (InputStream in =
        HttpApi.class.getResourceAsStream("/dev/morphene/coordinator/page/index.html")) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
