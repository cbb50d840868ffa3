package dev.morphene.agent.placement;

import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.queue.QueueName;
import java.util.List;
import java.util.Optional;

/** Decides what a node has room for. Thread safe; a reservation is made before a job is claimed. */
public interface Admission {
  /** Kinds of job that the node takes. */
  List<JobKind> kinds();

  /** Queues that the node takes from. */
  List<QueueName> queues();

  /** Whether a job of that queue would find a place now. */
  boolean hasRoomFor(QueueName queue);

  /** A place for a job of that queue, kept until it is released; empty when there is none. */
  Optional<Placement> reserve(QueueName queue);

  /** Gives a place back; a second time is no error. */
  void release(Placement placement);

  /** What the node runs on, for the heartbeat. */
  List<Heartbeat.Device> devices();
}
