package dev.morphene.agent.placement;

import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Decides what a node has room for. Thread safe; a reservation is made before a job is claimed. */
public interface Admission {
  /** Kinds of job that the node takes. */
  List<JobKind> kinds();

  /** Queues that the node takes from. */
  List<QueueName> queues();

  /** How many messages of a queue may be held at a time, 1 or more. */
  default int prefetch(QueueName queue) {
    return 1;
  }

  /** How long a node that has one message waits for others before it chooses among them. */
  default Duration gathering() {
    return Duration.ZERO;
  }

  /** Nodes with a higher one are served first, as long as they have room. */
  default int priority() {
    return 0;
  }

  /** Whether a job of that queue would find a place now. */
  boolean hasRoomFor(QueueName queue);

  /** How many more jobs of each queue would find a place now, at least about. */
  List<Heartbeat.Room> room();

  /**
   * A place for a job of that queue, kept until it is released; empty when there is none.
   *
   * @param need absent for kinds that need no GPU
   */
  Optional<Placement> reserve(QueueName queue, Optional<JobNeed> need);

  /** What was promised with the grant, where it differs from what was reserved. */
  default void promise(Placement placement, JobNeed need) {}

  /** What a running job was measured to use. */
  default void observe(Placement placement, ByteSize used) {}

  /** What the coordinator was told at the end of an attempt there. */
  default void ended(Placement placement, AttemptReport report) {}

  /** Gives a place back; a second time is no error. */
  void release(Placement placement);

  /** GPUs that are kept for waiting large jobs from now on; those not named are kept no more. */
  default void keep(List<HeartbeatReply.Reserved> reserved) {}

  /** What the node runs on, for the heartbeat. */
  List<Heartbeat.Device> devices();
}
