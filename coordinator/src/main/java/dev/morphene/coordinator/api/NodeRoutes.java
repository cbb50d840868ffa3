package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.coordinator.node.Drains;
import dev.morphene.coordinator.node.Quarantines;
import dev.morphene.protocol.json.MalformedMessage;
import io.vertx.ext.web.RoutingContext;

/** The machines of the cluster. */
public final class NodeRoutes implements RouteGroup {
  private static final String NODES = "/api/v1/nodes";
  private static final String NODE = NODES + "/:name";

  private final Drains drains;
  private final Quarantines quarantines;
  private final Views views;

  public NodeRoutes(Drains drains, Quarantines quarantines, Views views) {
    this.drains = drains;
    this.quarantines = quarantines;
    this.views = views;
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.get(NODES, context -> Answer.ok(views.nodes()));
    endpoints.post(
        NODE + "/drain",
        context -> {
          drains.drain(Requests.worker(context));
          return Answer.of(202, views.nodes());
        });
    endpoints.post(NODE + "/quarantine", this::quarantine);
    endpoints.post(
        NODE + "/release",
        context -> {
          quarantines.release(Requests.worker(context));
          return Answer.ok(views.nodes());
        });
  }

  private Answer quarantine(RoutingContext context) throws MalformedMessage {
    JsonNode reason = Requests.objectBody(context).path("reason");
    if (!reason.isTextual()) {
      throw new IllegalArgumentException(
          "\"reason\" is missing; say in a few words why the node is to be left alone.");
    }
    quarantines.quarantine(Requests.worker(context), reason.asText());
    return Answer.ok(views.nodes());
  }
}
