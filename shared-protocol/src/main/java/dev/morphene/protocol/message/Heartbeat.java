package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * A node says that it lives and renews the lease of everything it runs.
 *
 * @param version 1
 * @param host name of the machine, for people
 * @param kinds what the node takes
 * @param devices where its jobs run; a node without GPU has one named {@code CPU}
 * @param running attempts whose lease is to be renewed
 */
public record Heartbeat(
    int version,
    WorkerId worker,
    String host,
    List<JobKind> kinds,
    List<Device> devices,
    List<AttemptId> running) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public Heartbeat {
    Required.present(worker, "worker");
    Required.text(host, "host");
    kinds = Required.listOrEmpty(kinds);
    devices = Required.listOrEmpty(devices);
    running = Required.listOrEmpty(running);
  }

  /**
   * @param total memory the device has
   * @param free memory nobody uses now; absent when it cannot be read
   */
  public record Device(GpuUuid gpu, String name, ByteSize total, Optional<ByteSize> free) {
    public Device {
      Required.present(gpu, "gpu");
      Required.present(name, "name");
      Required.present(total, "total");
    }
  }
}
