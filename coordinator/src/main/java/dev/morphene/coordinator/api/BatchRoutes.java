package dev.morphene.coordinator.api;

import dev.morphene.coordinator.job.OperatorCommands;
import dev.morphene.protocol.job.BatchId;
import io.vertx.ext.web.RoutingContext;

/** Jobs that were submitted together. */
public final class BatchRoutes implements RouteGroup {
  private static final String BATCHES = "/api/v1/batches";

  private final OperatorCommands commands;
  private final Views views;

  public BatchRoutes(OperatorCommands commands, Views views) {
    this.commands = commands;
    this.views = views;
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.get(BATCHES, context -> Answer.ok(views.batches(Requests.limit(context))));
    endpoints.get(BATCHES + "/:id", context -> batch(Requests.batchId(context)));
    endpoints.post(BATCHES + "/:id/cancel", this::cancel);
  }

  private Answer cancel(RoutingContext context) {
    BatchId id = Requests.batchId(context);
    return commands.cancel(id) ? batch(id) : unknown(id);
  }

  private Answer batch(BatchId id) {
    return views.batch(id).map(Answer::ok).orElseGet(() -> unknown(id));
  }

  private static Answer unknown(BatchId id) {
    return Answer.notFound("There is no batch " + id + ".");
  }
}
