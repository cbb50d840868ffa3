package dev.morphene.agent;

import dev.morphene.protocol.job.WorkerId;
import java.time.Duration;

/**
 * How a node behaves.
 *
 * @param worker unique in the cluster
 * @param host name of the machine, for people
 * @param heartbeatPeriod well below the lease; default 3 s
 * @param leaseMargin time before a lease's end at which its child is killed; default 4 s
 * @param claimTimeout how long a claim may take; default 10 s
 * @param telemetryPeriod between memory samples; default 1 s
 * @param stopPatience how long a child may take to write its checkpoint when it is told to stop;
 *     default 30 s
 */
public record NodeAgentConfig(
    WorkerId worker,
    String host,
    Duration heartbeatPeriod,
    Duration leaseMargin,
    Duration claimTimeout,
    Duration telemetryPeriod,
    Duration stopPatience) {

  public static NodeAgentConfig withDefaults(WorkerId worker, String host) {
    return new NodeAgentConfig(
        worker,
        host,
        Duration.ofSeconds(3),
        Duration.ofSeconds(4),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30));
  }
}
