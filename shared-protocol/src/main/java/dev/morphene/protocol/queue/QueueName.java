package dev.morphene.protocol.queue;

import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.spec.JobSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The durable queues of the cluster, all on the default exchange. Each has a dead-letter queue
 * beside it, filled by publishing with the reason in the headers (design, "Broker rules").
 */
public record QueueName(String value) {
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

  /** Where a job with this spec is published. */
  public static QueueName of(JobSpec spec) {
    return spec.kind() == JobKind.TRAIN
        ? training(MemoryClass.of(spec.expectedMemory()))
        : work(spec.kind());
  }

  public QueueName deadLetter() {
    return new QueueName(value + ".dead");
  }

  /** Every durable queue, dead-letter queues included. */
  public static List<QueueName> all() {
    List<QueueName> names = new ArrayList<>(List.of(SUBMIT, CLAIMS, HEARTBEATS, EVENTS, TELEMETRY));
    for (MemoryClass memoryClass : MemoryClass.values()) {
      names.add(training(memoryClass));
    }
    names.add(work(JobKind.PREPROCESS));
    names.add(work(JobKind.AUDIT));
    names.add(work(JobKind.EXPORT));
    for (QueueName name : List.copyOf(names)) {
      names.add(name.deadLetter());
    }
    return List.copyOf(names);
  }

  @Override
  public String toString() {
    return value;
  }
}
