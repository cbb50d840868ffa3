package dev.morphene.coordinator.api;

import dev.morphene.coordinator.forecast.QueueStanding;
import dev.morphene.coordinator.outbox.QueuePause;

/** The queue as a whole. */
public final class QueueRoutes implements RouteGroup {
  private static final String QUEUE = "/api/v1/queue";

  private final QueueStanding standing;
  private final QueuePause pause;

  public QueueRoutes(QueueStanding standing, QueuePause pause) {
    this.standing = standing;
    this.pause = pause;
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.get(QUEUE, context -> Answer.ok(standing.view()));
    endpoints.post(
        QUEUE + "/pause",
        context -> {
          pause.pause();
          return Answer.ok(standing.view());
        });
    endpoints.post(
        QUEUE + "/resume",
        context -> {
          pause.resume();
          return Answer.ok(standing.view());
        });
  }
}
