package dev.morphene.protocol.queue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The durable queues of the cluster, all on the default exchange. Each has a dead-letter queue
 * beside it, filled by publishing with the reason in the headers (design, "Broker rules").
 */
public record QueueName(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("morphene\\.[A-Za-z0-9._-]{1,200}");
  private static final String NODE = "morphene.node.";

  /** What must not get lost is replicated where the broker can; the rest is asked for again. */
  public enum Durability {
    /** A quorum queue on RabbitMQ. */
    REPLICATED,
    /** A classic durable queue: requests that are repeated and samples that may be lost. */
    PLAIN
  }

  /** Nodes that want to belong to the cluster; request and reply. */
  public static final QueueName JOINS = new QueueName("morphene.joins");

  /** Batches by message. */
  public static final QueueName SUBMIT = new QueueName("morphene.submit");

  /** Claims of attempts; request and reply. */
  public static final QueueName CLAIMS = new QueueName("morphene.claims");

  /** Heartbeats of nodes; request and reply. */
  public static final QueueName HEARTBEATS = new QueueName("morphene.heartbeats");

  /** What happened to attempts. */
  public static final QueueName EVENTS = new QueueName("morphene.events");

  /** Memory samples. */
  public static final QueueName TELEMETRY = new QueueName("morphene.telemetry");

  /** Header of a dead letter: one sentence that says why. */
  public static final String REASON_HEADER = "x-morphene-reason";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public QueueName {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A queue of the cluster is named morphene. and then letters, digits, dots, dashes or"
              + " underscores, not \""
              + value
              + "\".");
    }
  }

  /** The queue of one node's commands; it goes when the node has been away for a day. */
  public static QueueName commandsOf(WorkerId worker) {
    return new QueueName(NODE + worker);
  }

  /** The work queue of jobs of one memory class. */
  public static QueueName training(MemoryClass memoryClass) {
    return new QueueName("morphene.train." + memoryClass.word());
  }

  /** The work queue of a kind that is not sorted by memory. */
  public static QueueName work(JobKind kind) {
    if (kind == JobKind.TRAIN) {
      throw new IllegalArgumentException("Training jobs are queued by memory class.");
    }
    return new QueueName("morphene." + kind.word());
  }

  /** Where a job of that kind and need is published. */
  public static QueueName of(JobKind kind, Optional<JobNeed> need) {
    return need.map(size -> training(size.memoryClass())).orElseGet(() -> work(kind));
  }

  /** Beside the queue; the command queues of all nodes share one. */
  public QueueName deadLetter() {
    return new QueueName((isCommandQueue() ? "morphene.node" : value) + ".dead");
  }

  public boolean isCommandQueue() {
    return value.startsWith(NODE) && !value.equals("morphene.node.dead");
  }

  public boolean isDeadLetter() {
    return value.endsWith(".dead");
  }

  public Durability durability() {
    return List.of(JOINS, CLAIMS, HEARTBEATS, TELEMETRY).contains(this) || isCommandQueue()
        ? Durability.PLAIN
        : Durability.REPLICATED;
  }

  /** The queues that carry jobs. */
  public static List<QueueName> work() {
    List<QueueName> names = new ArrayList<>();
    for (MemoryClass memoryClass : MemoryClass.values()) {
      names.add(training(memoryClass));
    }
    names.add(work(JobKind.PREPROCESS));
    names.add(work(JobKind.AUDIT));
    names.add(work(JobKind.EXPORT));
    return List.copyOf(names);
  }

  /** Every durable queue, dead-letter queues included; not the nodes' own. */
  public static List<QueueName> all() {
    List<QueueName> names =
        new ArrayList<>(List.of(SUBMIT, JOINS, CLAIMS, HEARTBEATS, EVENTS, TELEMETRY));
    names.addAll(work());
    for (QueueName name : List.copyOf(names)) {
      names.add(name.deadLetter());
    }
    names.add(new QueueName("morphene.node.dead"));
    return List.copyOf(names);
  }

  @Override
  public String toString() {
    return value;
  }
}
