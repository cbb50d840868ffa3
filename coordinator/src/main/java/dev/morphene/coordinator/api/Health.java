package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerHealth;
import dev.morphene.coordinator.loop.Loop;
import dev.morphene.coordinator.telemetry.TelemetryLoss;
import dev.morphene.protocol.json.ProtocolJson;
import java.util.List;

/** Whether this coordinator can do its work, and if not, why. */
public final class Health {
  private final Views views;
  private final Broker broker;
  private final List<Loop> loops;

  public Health(Views views, Broker broker, List<Loop> loops) {
    this.views = views;
    this.broker = broker;
    this.loops = List.copyOf(loops);
  }

  /** {@code healthy} is the sum of the rest. */
  ObjectNode view() {
    ObjectNode view = ProtocolJson.mapper().createObjectNode();
    boolean databaseAnswers = databaseAnswers(view);
    BrokerHealth brokerHealth = broker.health();
    view.put("broker", brokerHealth.detail());
    ArrayNode notConsuming = view.putArray("notConsuming");
    brokerHealth.notConsuming().forEach(notConsuming::add);
    ArrayNode loopViews = view.putArray("loops");
    boolean loopsWell = true;
    for (Loop loop : loops) {
      ObjectNode loopView = loopViews.addObject();
      loopView.put("name", loop.name());
      loopView.put("rounds", loop.rounds());
      loopView.put("failures", loop.failures());
      loopView.put("state", loop.trouble().orElse("running"));
      loopsWell &= loop.trouble().isEmpty();
    }
    view.put("healthy", databaseAnswers && brokerHealth.isWell() && loopsWell);
    return view;
  }

  private boolean databaseAnswers(ObjectNode view) {
    try {
      TelemetryLoss telemetry = views.telemetry();
      view.put("database", "connected");
      view.putObject("telemetry")
          .put("samples", telemetry.samples())
          .put("batches", telemetry.batches())
          .put("batchesLost", telemetry.batchesLost())
          .put("samplesLostAtNodes", telemetry.samplesLostAtNodes());
      return true;
    } catch (RuntimeException failure) {
      view.put("database", String.valueOf(failure.getMessage()));
      return false;
    }
  }
}
