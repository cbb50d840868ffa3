package dev.morphene.coordinator.claim;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is promised on each GPU of some nodes, out of the attempts that hold a lease there, those of
 * an earlier life of the node included. The nodes' rows stay locked until the transaction ends, so
 * that two claims for one GPU come one after the other.
 */
final class NodeLedger {
  private record Node(UUID session, boolean leaving, Optional<String> quarantine) {}

  private record Place(WorkerId worker, GpuUuid gpu) {}

  private final Map<WorkerId, Node> nodes = new HashMap<>();
  private final Map<Place, Heartbeat.Device> devices = new HashMap<>();
  private final Map<Place, GpuSnapshot> gpus = new HashMap<>();

  /** Locks the nodes in order of name. */
  static NodeLedger lock(Transaction transaction, Collection<WorkerId> workers) {
    NodeLedger ledger = new NodeLedger();
    Object names = workers.stream().map(WorkerId::value).distinct().toArray(String[]::new);
    transaction
        .rows(
            "select worker, session, draining or drain_requested_at is not null as leaving,"
                + " quarantine_reason, devices::text as devices from worker where worker = any($1)"
                + " order by worker for update",
            names)
        .forEach(ledger::addNode);
    Map<Place, JobNeed> reserved = new HashMap<>();
    transaction
        .rows(
            "select worker, gpu, memory_bytes, side_by_side from gpu_reservation where worker ="
                + " any($1)",
            names)
        .forEach(row -> reserved.put(place(row), need(row)));
    ledger.devices.forEach(
        (place, device) ->
            ledger.gpus.put(
                place,
                new GpuSnapshot(
                    device.gpu(),
                    device.total(),
                    Optional.of(device.total()),
                    List.of(),
                    device.jobsAtMost(),
                    Optional.ofNullable(reserved.get(place)))));
    transaction
        .rows(
            "select worker, gpu, coalesce(memory_bytes, 0) as memory_bytes, side_by_side from"
                + " attempt where worker = any($1) and outcome is null",
            names)
        .forEach(row -> ledger.gpus.computeIfPresent(place(row), (at, gpu) -> gpu.with(need(row))));
    return ledger;
  }

  private void addNode(Row row) {
    WorkerId worker = new WorkerId(row.getString("worker"));
    nodes.put(
        worker,
        new Node(
            row.getUUID("session"),
            row.getBoolean("leaving"),
            Optional.ofNullable(row.getString("quarantine_reason"))));
    for (Heartbeat.Device device : Jobs.parse(row.getString("devices"), Heartbeat.Device[].class)) {
      devices.put(new Place(worker, device.gpu()), device);
    }
  }

  private static Place place(Row row) {
    return new Place(new WorkerId(row.getString("worker")), new GpuUuid(row.getString("gpu")));
  }

  private static JobNeed need(Row row) {
    return new JobNeed(new ByteSize(row.getLong("memory_bytes")), row.getInteger("side_by_side"));
  }

  /** Why the node gets nothing at all; empty when it may. */
  Optional<String> objection(WorkerId worker, SessionId session) {
    Node node = nodes.get(worker);
    if (node == null || !session.value().equals(node.session())) {
      return Optional.of("This life of node " + worker + " has not joined, or a newer one has.");
    }
    return node.leaving()
        ? Optional.of("Node " + worker + " is about to leave.")
        : node.quarantine().map(reason -> "Node " + worker + " is in quarantine: " + reason);
  }

  /** Why the job may not run there; empty when it may. */
  Optional<String> objection(WorkerId worker, GpuUuid gpu, Optional<JobNeed> need) {
    Place place = new Place(worker, gpu);
    Heartbeat.Device device = devices.get(place);
    if (need.isEmpty()) {
      return Optional.empty();
    }
    if (device == null) {
      return Optional.of("Node " + worker + " has not shown a GPU " + gpu + ".");
    }
    if (device.fenced().isPresent()) {
      return Optional.of("GPU " + gpu + " is fenced: " + device.fenced().get());
    }
    return MemoryRule.usual().allows(gpus.get(place), need.get())
        ? Optional.empty()
        : Optional.of(
            "GPU " + gpu + " of node " + worker + " has no place for " + need.get().memory() + ".");
  }

  /** How many jobs share the GPU once this one is on it. */
  int add(WorkerId worker, GpuUuid gpu, Optional<JobNeed> need) {
    GpuSnapshot snapshot =
        need.isEmpty()
            ? null
            : gpus.computeIfPresent(
                new Place(worker, gpu), (place, before) -> before.with(need.get()));
    return snapshot == null ? 1 : snapshot.tenants().size();
  }

  Optional<String> model(WorkerId worker, GpuUuid gpu) {
    return Optional.ofNullable(devices.get(new Place(worker, gpu))).map(Heartbeat.Device::name);
  }
}
