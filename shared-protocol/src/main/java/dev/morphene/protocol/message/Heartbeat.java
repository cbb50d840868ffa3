package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.queue.QueueName;
import java.util.List;
import java.util.Optional;

/**
 * A node says that it lives and renews the lease of everything it runs.
 *
 * @param version 2
 * @param session under which it joined
 * @param host name of the machine, for people
 * @param kinds what the node takes; default none
 * @param devices where its jobs run; a node without GPU has one named {@code CPU}; default none
 * @param running attempts whose lease is to be renewed; default none
 * @param room how many more jobs of a queue the node would take now; default none
 * @param draining it takes nothing more and is about to leave; default false
 */
public record Heartbeat(
    int version,
    WorkerId worker,
    SessionId session,
    String host,
    List<JobKind> kinds,
    List<Device> devices,
    List<AttemptId> running,
    List<Room> room,
    boolean draining) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public Heartbeat {
    Required.present(worker, "worker");
    Required.present(session, "session");
    Required.text(host, "host");
    kinds = Required.listOrEmpty(kinds);
    devices = Required.listOrEmpty(devices);
    running = Required.listOrEmpty(running);
    room = Required.listOrEmpty(room);
  }

  /**
   * @param gpu as its driver names it
   * @param name the model, for people and for envelopes; not empty
   * @param total memory that jobs can have, bytes
   * @param free memory nobody uses now, strangers counted; absent when it cannot be read
   * @param jobsAtMost whatever their memory, 0 to 1000
   * @param source where the readings come from: NVML_V2, NVML_V1, NVIDIA_SMI, CONFIGURED, HOST
   * @param fenced why nothing may run there now; absent when it may
   */
  public record Device(
      GpuUuid gpu,
      String name,
      ByteSize total,
      Optional<ByteSize> free,
      int jobsAtMost,
      String source,
      Optional<String> fenced) {
    public Device {
      Required.present(gpu, "gpu");
      Required.text(name, "name");
      Required.present(total, "total");
      free = free == null ? Optional.empty() : free;
      Required.between(0, 1_000, jobsAtMost, "jobsAtMost");
      Required.text(source, "source");
      fenced = fenced == null ? Optional.empty() : fenced;
    }
  }

  /**
   * @param queue a work queue
   * @param jobs 0 or more
   */
  public record Room(QueueName queue, int jobs) {
    public Room {
      Required.present(queue, "queue");
      Required.atLeast(0, jobs, "jobs");
    }
  }
}
