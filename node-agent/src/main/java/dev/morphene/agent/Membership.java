package dev.morphene.agent;

import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins the cluster, again and again until it is let in or refused, and anew when forgotten. */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final NodeAgentConfig config;
  private final CoordinatorPort coordinator;
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final CompletableFuture<String> refused = new CompletableFuture<>();
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile boolean member;

  Membership(NodeAgentConfig config, CoordinatorPort coordinator) {
    this.config = config;
    this.coordinator = coordinator;
  }

  boolean isMember() {
    return member;
  }

  /** Done when it was let in for the first time. */
  CompletableFuture<Void> joined() {
    return joined;
  }

  /** Done, with a sentence, when it was refused. */
  CompletableFuture<String> refused() {
    return refused;
  }

  void forgotten() {
    member = false;
  }

  /** Asks when it is no member and no answer is under way; does not wait. */
  void joinIfNeeded() {
    if (member || refused.isDone() || !asking.compareAndSet(false, true)) {
      return;
    }
    coordinator
        .join(
            new JoinRequest(
                JoinRequest.VERSION,
                config.worker(),
                config.session(),
                config.host(),
                config.joinToken()))
        .whenComplete(
            (reply, failure) -> {
              asking.set(false);
              if (reply instanceof JoinReply.Accepted) {
                LOG.info("Node {} has joined the cluster.", config.worker());
                member = true;
                joined.complete(null);
              } else if (reply instanceof JoinReply.Refused no) {
                LOG.error("Node {} may not join: {}", config.worker(), no.message());
                refused.complete(no.message());
              } else {
                LOG.warn("Node {} could not join yet; it asks again.", config.worker(), failure);
              }
            });
  }
}
