package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.placement.ReservationPlan;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The coordinator's look at waiting large jobs, every few seconds. */
final class Reservations {
  private final World world;
  private final Publisher publisher;
  private final Cluster cluster;
  private final ReservationPlan plan = ReservationPlan.usual();
  private final Map<ReservationPlan.Place, SimulatedGpu> gpus = new HashMap<>();
  private final Map<ReservationPlan.Place, ReservationPlan.Candidate> candidates = new HashMap<>();
  private final Map<SimulatedNode, Long> changesSeen = new HashMap<>();
  private Map<ReservationPlan.Place, JobId> kept = new LinkedHashMap<>();
  private long seen = -1;
  private long quietMillis;

  Reservations(World world, Publisher publisher, Cluster cluster) {
    this.world = world;
    this.publisher = publisher;
    this.cluster = cluster;
    world.nodes.forEach(node -> node.gpus.forEach(gpu -> gpus.put(gpu.place, gpu)));
  }

  void begin() {
    world.clock.after(Timing.RESERVE_MILLIS, this::round);
  }

  private void round() {
    if (world.isOver()) {
      return;
    }
    begin();
    boolean unchanged = seen == world.clock.done() - 1;
    quietMillis = unchanged ? quietMillis + Timing.RESERVE_MILLIS : 0;
    seen = world.clock.done();
    // What has not changed is decided the same way again, once everybody's patience is over.
    if (quietMillis <= plan.patience().toMillis() + Timing.RESERVE_MILLIS) {
      decide();
    }
  }

  private void decide() {
    List<ReservationPlan.Waiting> waiting =
        publisher.unclaimed().stream()
            .map(
                job ->
                    new ReservationPlan.Waiting(
                        job.id(),
                        world.policy.need(job),
                        Instant.ofEpochMilli(job.readySinceMillis)))
            .toList();
    Map<ReservationPlan.Place, ReservationPlan.Waiting> decided = Map.of();
    if (!waiting.isEmpty()) {
      world.nodes.forEach(this::look);
      decided = plan.decide(waiting, candidates, kept, world.clock.now());
    }
    apply(decided);
  }

  private void look(SimulatedNode node) {
    Long before = changesSeen.put(node, node.changes());
    if (before != null && before == node.changes()) {
      return;
    }
    for (SimulatedGpu gpu : node.gpus) {
      if (node.takes()) {
        candidates.put(gpu.place, gpu.candidate());
      } else {
        candidates.remove(gpu.place);
      }
    }
  }

  private void apply(Map<ReservationPlan.Place, ReservationPlan.Waiting> decided) {
    for (ReservationPlan.Place place : kept.keySet()) {
      if (!decided.containsKey(place)) {
        SimulatedGpu gpu = gpus.get(place);
        gpu.reserve(Optional.empty());
        cluster.wake(gpu.node);
      }
    }
    kept = new LinkedHashMap<>();
    decided.forEach(
        (place, job) -> {
          kept.put(place, job.job());
          gpus.get(place).reserve(Optional.of(job.need()));
        });
    world.most("most GPUs reserved at once", kept.size());
  }
}
