package dev.morphene.coordinator.api;

import dev.morphene.coordinator.database.DatabaseUnavailable;
import dev.morphene.coordinator.job.OperatorRefusal;
import dev.morphene.coordinator.source.UnknownSource;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes whose work waits for the database, so it is done on other threads than Vert.x' own. */
public final class Endpoints {
  static final long BODY_LIMIT_BYTES = 4L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

  private final Router router;
  private final Executor workers;

  Endpoints(Router router, Executor workers) {
    this.router = router;
    this.workers = workers;
  }

  /** Answers a request, or throws what the one mapping below knows. */
  @FunctionalInterface
  interface Work {
    Answer run(RoutingContext context) throws MalformedMessage;
  }

  void get(String path, Work work) {
    router.get(path).handler(context -> run(context, work));
  }

  void post(String path, Work work) {
    withBody(HttpMethod.POST, path, work);
  }

  void patch(String path, Work work) {
    withBody(HttpMethod.PATCH, path, work);
  }

  void delete(String path, Work work) {
    router.delete(path).handler(context -> run(context, work));
  }

  private void withBody(HttpMethod method, String path, Work work) {
    router
        .route(method, path)
        .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT_BYTES))
        .handler(context -> run(context, work));
  }

  private void run(RoutingContext context, Work work) {
    try {
      workers.execute(() -> send(context, answer(context, work)));
    } catch (RejectedExecutionException busy) {
      send(context, Answer.error(503, "Too many requests wait already; try again soon."));
    }
  }

  /** The one mapping from what went wrong to a status. */
  private static Answer answer(RoutingContext context, Work work) {
    try {
      return work.run(context);
    } catch (MalformedMessage | IllegalArgumentException wrong) {
      return Answer.error(400, wrong.getMessage());
    } catch (UnknownSource unknown) {
      return Answer.notFound(unknown.getMessage());
    } catch (OperatorRefusal refusal) {
      boolean unknown = refusal.reason() != OperatorRefusal.Reason.WRONG_STATE;
      return Answer.error(unknown ? 404 : 409, refusal.getMessage());
    } catch (DatabaseUnavailable away) {
      return Answer.error(503, away.getMessage());
    } catch (RuntimeException | LinkageError fault) {
      LOG.error("{} {} failed.", context.request().method(), context.request().path(), fault);
      return Answer.error(500, "A fault of ours; see the log.");
    }
  }

  static void send(RoutingContext context, Answer answer) {
    if (context.response().ended()) {
      return;
    }
    context.response().setStatusCode(answer.status()).putHeader("Cache-Control", "no-store");
    if (answer.body().isEmpty()) {
      context.response().end();
    } else {
      context
          .response()
          .putHeader("Content-Type", "application/json")
          .end(Buffer.buffer(ProtocolJson.write(answer.body().get())));
    }
  }
}
