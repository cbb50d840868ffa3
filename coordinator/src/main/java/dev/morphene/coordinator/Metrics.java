package dev.morphene.coordinator;

import dev.morphene.broker.Broker;
import dev.morphene.coordinator.claim.Claims;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.event.EventRetention;
import dev.morphene.coordinator.event.Events;
import dev.morphene.coordinator.lease.Reaper;
import dev.morphene.coordinator.loop.Loop;
import dev.morphene.coordinator.outbox.OutboxPublisher;
import dev.morphene.coordinator.pool.Reservations;
import dev.morphene.coordinator.telemetry.Telemetry;
import dev.morphene.coordinator.telemetry.TelemetryLoss;
import dev.morphene.coordinator.telemetry.TelemetryRetention;
import dev.morphene.protocol.queue.QueueName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * What Prometheus reads. Figures that need a query are taken by {@link #round}, not by the scrape.
 */
final class Metrics {
  private static final long ANSWER_LIMIT_SECONDS = 10;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<LongSupplier> suppliers = new ArrayList<>();
  private final Database database;
  private final Broker broker;
  private final Duration nodeSilence;
  private final MultiGauge jobs =
      MultiGauge.builder("morphene.jobs").description("Jobs by state and kind").register(registry);
  private final AtomicLong nodesAlive = new AtomicLong();
  private final AtomicLong deadLetters = new AtomicLong();
  private final AtomicLong outbox = new AtomicLong();
  private final AtomicReference<TelemetryLoss> loss =
      new AtomicReference<>(new TelemetryLoss(0, 0, 0, 0));

  Metrics(Database database, Broker broker, Duration nodeSilence) {
    this.database = database;
    this.broker = broker;
    this.nodeSilence = nodeSilence;
    gauge("morphene.nodes.alive", "Nodes heard of lately", nodesAlive::get);
    gauge("morphene.dead.letters", "Messages in the dead-letter queues", deadLetters::get);
    gauge("morphene.outbox.jobs", "Jobs that are to be published", outbox::get);
    gauge(
        "morphene.telemetry.batches.lost",
        "Batches of samples that were sent and never stored, whole cluster",
        () -> loss.get().batchesLost());
    gauge(
        "morphene.telemetry.samples.lost.at.nodes",
        "Samples that nodes could not send, whole cluster",
        () -> loss.get().samplesLostAtNodes());
    gauge(
        "morphene.broker.connected",
        "1 when messages can be published",
        () -> broker.health().connected() ? 1 : 0);
    counter("morphene.broker.connections", "Connections to the broker so far", broker::connections);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  void watch(
      OutboxPublisher publisher,
      Claims claims,
      Events events,
      EventRetention eventRetention,
      Reaper reaper,
      Telemetry telemetry,
      TelemetryRetention retention,
      Reservations reservations) {
    gauge("morphene.gpus.kept", "GPUs kept for waiting large jobs", reservations::kept);
    counter("morphene.published", "Job messages that were confirmed", publisher::published);
    counter("morphene.publish.failures", "Job messages that were not taken", publisher::failed);
    counter("morphene.claims.granted", "Claims granted", claims::granted);
    counter("morphene.claims.refused", "Claims refused", claims::refused);
    counter("morphene.claims.returned", "Attempts without a place on their node", claims::returned);
    counter("morphene.events.applied", "Events that changed something", events::applied);
    counter("morphene.events.duplicate", "Events stored before", events::duplicates);
    counter("morphene.events.refused", "Events of attempts that are over", events::refused);
    counter("morphene.events.deleted", "Events of jobs long ended", eventRetention::deleted);
    counter("morphene.leases.lapsed", "Attempts taken back from a silent node", reaper::lost);
    counter("morphene.republished", "Jobs whose message was lost", reaper::republished);
    counter("morphene.telemetry.samples", "Samples stored", telemetry::samples);
    counter(
        "morphene.telemetry.batches.repeated",
        "Batches of samples left out since they came again or too late",
        telemetry::repeated);
    counter("morphene.telemetry.minute.rows", "Rows of minutes rolled up", retention::rolledUp);
  }

  void watch(List<Loop> loops) {
    for (Loop loop : loops) {
      FunctionCounter.builder("morphene.loop.failures", loop, Loop::failures)
          .description("Rounds that failed")
          .tags("loop", loop.name())
          .register(registry);
    }
  }

  void round() throws Exception {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    database.transact(
        transaction -> {
          rows.clear();
          for (Row row :
              transaction.rows("select state, kind, count(*) as jobs from job group by 1, 2")) {
            rows.add(
                MultiGauge.Row.of(
                    Tags.of("state", row.getString("state"), "kind", row.getString("kind")),
                    row.getLong("jobs")));
          }
          nodesAlive.set(
              transaction
                  .row(
                      "select count(*) as nodes from worker where last_seen_at > now() - $1 *"
                          + " interval '1 millisecond'",
                      nodeSilence.toMillis())
                  .orElseThrow()
                  .getLong("nodes"));
          outbox.set(
              transaction.row("select count(*) as jobs from outbox").orElseThrow().getLong("jobs"));
          loss.set(TelemetryLoss.read(transaction));
          return null;
        });
    jobs.register(rows, true);
    if (!broker.health().connected()) {
      return;
    }
    long letters = 0;
    for (QueueName queue : QueueName.all()) {
      if (queue.isDeadLetter()) {
        letters += broker.messageCount(queue).get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
      }
    }
    deadLetters.set(letters);
  }

  private void gauge(String name, String description, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private void counter(String name, String description, LongSupplier value) {
    // The registry holds its subjects weakly; this object lives as long as the coordinator.
    suppliers.add(value);
    FunctionCounter.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }
}
