package dev.morphene.agent;

import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.SessionId;
import java.time.Duration;
import java.util.Optional;

/**
 * How a node behaves.
 *
 * @param worker unique in the cluster
 * @param session this life of the process
 * @param joinToken the cluster's; absent where it asks for none
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
    SessionId session,
    Optional<String> joinToken,
    String host,
    Duration heartbeatPeriod,
    Duration leaseMargin,
    Duration claimTimeout,
    Duration telemetryPeriod,
    Duration stopPatience) {

  public static NodeAgentConfig withDefaults(WorkerId worker, String host) {
    return new NodeAgentConfig(
        worker,
        SessionId.fresh(),
        Optional.empty(),
        host,
        Duration.ofSeconds(3),
        Duration.ofSeconds(4),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30));
  }

  public NodeAgentConfig withJoinToken(Optional<String> token) {
    return new NodeAgentConfig(
        worker,
        session,
        token,
        host,
        heartbeatPeriod,
        leaseMargin,
        claimTimeout,
        telemetryPeriod,
        stopPatience);
  }

  /**
   * With less or more time for children to write their checkpoints, on a spot node for instance.
   */
  public NodeAgentConfig withStopPatience(Duration patience) {
    return new NodeAgentConfig(
        worker,
        session,
        joinToken,
        host,
        heartbeatPeriod,
        leaseMargin,
        claimTimeout,
        telemetryPeriod,
        patience);
  }
}
