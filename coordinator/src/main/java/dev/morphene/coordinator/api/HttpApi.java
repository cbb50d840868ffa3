package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The API under {@code /api/v1}, the web page, {@code /health} and {@code /metrics}. Every answer
 * but the page and the metrics is JSON; an error is {@code {"error": one sentence}}. The API is
 * described by {@code /api/v1/openapi.json}.
 */
public final class HttpApi {
  private final List<RouteGroup> groups;
  private final Health health;
  private final PrometheusMeterRegistry metrics;
  private final Executor workers;
  private final Buffer description = Resources.read("api/openapi.json");

  /**
   * @param workers run whatever waits for the database
   */
  public HttpApi(
      List<RouteGroup> groups, Health health, PrometheusMeterRegistry metrics, Executor workers) {
    this.groups = List.copyOf(groups);
    this.health = health;
    this.metrics = metrics;
    this.workers = workers;
  }

  public Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(HttpApi::refuseOtherOrigins);
    Endpoints endpoints = new Endpoints(router, workers);
    groups.forEach(group -> group.addTo(endpoints));
    endpoints.get("/health", context -> health());
    router.get("/metrics").handler(this::metrics);
    router.get("/api/v1/openapi.json").handler(this::description);
    new StatusPage().addTo(router);
    failWith(router, 400, "The request cannot be read; see /api/v1/openapi.json.");
    failWith(router, 404, "There is nothing here; see /api/v1/openapi.json.");
    failWith(router, 405, "That method is not known here; see /api/v1/openapi.json.");
    failWith(router, 413, "The body is longer than " + Endpoints.BODY_LIMIT_BYTES + " bytes.");
    failWith(router, 500, "A fault of ours; see the log.");
    return router;
  }

  private static void failWith(Router router, int status, String sentence) {
    router.errorHandler(status, context -> Endpoints.send(context, Answer.error(status, sentence)));
  }

  private Answer health() {
    ObjectNode view = health.view();
    return Answer.of(view.get("healthy").asBoolean() ? 200 : 503, view);
  }

  private void metrics(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(metrics.scrape());
  }

  private void description(RoutingContext context) {
    context.response().putHeader("Content-Type", "application/json").end(description);
  }

  /** A page of another site, open in an operator's browser, must not cancel jobs. */
  private static void refuseOtherOrigins(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    String host = context.request().getHeader("Host");
    if (origin == null || origin.replaceFirst("^https?://", "").equals(host)) {
      context.next();
    } else {
      Endpoints.send(
          context, Answer.error(403, "Requests from pages of another site are refused."));
    }
  }
}
