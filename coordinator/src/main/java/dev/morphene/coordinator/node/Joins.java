package dev.morphene.coordinator.node;

import dev.morphene.coordinator.database.Database;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets nodes into the cluster. The newest session of a name counts from then on; what an earlier
 * one still runs keeps its lease until that lapses, since its children may live.
 */
public final class Joins {
  private final Database database;
  private final Duration lease;
  private final Optional<String> token;

  /**
   * @param token that nodes have to show; absent: whoever has an account at the broker may join
   */
  public Joins(Database database, Duration lease, Optional<String> token) {
    this.database = database;
    this.lease = lease;
    this.token = token;
  }

  public JoinReply join(JoinRequest request) {
    if (token.isPresent() && !isRight(request.token().orElse(""))) {
      return new JoinReply.Refused(
          "The join token of node "
              + request.worker()
              + " is not this cluster's; set MORPHENE_JOIN_TOKEN to the coordinator's.");
    }
    database.transact(
        transaction ->
            transaction.update(
                "insert into worker (worker, host, kinds, devices, running, session, joined_at)"
                    + " values ($1, $2, '[]', '[]', '[]', $3, now()) on conflict (worker) do"
                    + " update set host = excluded.host, session = excluded.session, joined_at ="
                    + " now(), last_seen_at = now(), drain_requested_at = null, draining = false,"
                    + " room = '[]' where worker.session is distinct from excluded.session",
                request.worker().value(),
                request.host(),
                request.session().value()));
    return new JoinReply.Accepted(lease.toMillis());
  }

  /** In a time that tells nothing about how much of it was right. */
  private boolean isRight(String shown) {
    return MessageDigest.isEqual(
        token.orElseThrow().getBytes(StandardCharsets.UTF_8),
        shown.getBytes(StandardCharsets.UTF_8));
  }
}
