package dev.morphene.agent;

import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.EventBatch;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.spec.JobSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Grants every claim with one spec, renews every lease, remembers what it was told. */
public final class FakeCoordinator implements CoordinatorPort {
  private final JobSpec spec;
  private final long leaseMillis;
  private final List<AttemptEvent> events = new ArrayList<>();
  private final List<HeartbeatReply.Directive> directives = new ArrayList<>();
  private final List<AttemptId> claimed = new ArrayList<>();
  private final List<AttemptId> returned = new ArrayList<>();
  private HeartbeatReply.Standing standing = HeartbeatReply.Standing.JOINED;
  private boolean drain;
  private boolean quarantined;
  private long beats;
  private boolean refuseJoins;
  private boolean refuseClaims;
  private boolean unreachable;
  private int failingReports;

  public FakeCoordinator(JobSpec spec, long leaseMillis) {
    this.spec = spec;
    this.leaseMillis = leaseMillis;
  }

  public synchronized void refuseJoins() {
    refuseJoins = true;
  }

  public synchronized void supersede() {
    standing = HeartbeatReply.Standing.SUPERSEDED;
  }

  public synchronized void quarantine(boolean now) {
    quarantined = now;
  }

  /** Waits for more heartbeats; that many have been answered in full before the last of them. */
  public synchronized void awaitHeartbeats(int more) throws InterruptedException {
    long enough = beats + more;
    while (beats < enough) {
      wait();
    }
  }

  public synchronized void requestDrain() {
    drain = true;
  }

  public synchronized List<AttemptId> claimed() {
    return List.copyOf(claimed);
  }

  public synchronized List<AttemptId> returned() {
    return List.copyOf(returned);
  }

  public synchronized void refuseClaims() {
    refuseClaims = true;
  }

  public synchronized void becomeUnreachable() {
    unreachable = true;
  }

  public synchronized void failNextReports(int count) {
    failingReports = count;
  }

  public synchronized void direct(AttemptId attempt, HeartbeatReply.Action action) {
    directives.add(new HeartbeatReply.Directive(attempt, action));
  }

  @Override
  public synchronized CompletableFuture<ClaimReply> claim(ClaimRequest request) {
    if (unreachable) {
      return CompletableFuture.failedFuture(new IllegalStateException("unreachable"));
    }
    List<ClaimReply.Granted> granted = new ArrayList<>();
    List<ClaimReply.Refused> refused = new ArrayList<>();
    for (ClaimRequest.Claim claim : request.claims()) {
      claimed.add(claim.attempt());
      if (refuseClaims) {
        refused.add(new ClaimReply.Refused(claim.attempt(), "superseded"));
      } else {
        granted.add(
            new ClaimReply.Granted(
                claim.attempt(), spec, ProtocolJson.mapper().createObjectNode(), Optional.empty()));
      }
    }
    returned.addAll(request.returned());
    return CompletableFuture.completedFuture(
        new ClaimReply(ClaimReply.VERSION, leaseMillis, granted, refused));
  }

  @Override
  public synchronized CompletableFuture<JoinReply> join(JoinRequest request) {
    return CompletableFuture.completedFuture(
        refuseJoins ? new JoinReply.Refused("wrong token") : new JoinReply.Accepted(leaseMillis));
  }

  @Override
  public synchronized CompletableFuture<HeartbeatReply> heartbeat(Heartbeat heartbeat) {
    if (unreachable) {
      return CompletableFuture.failedFuture(new IllegalStateException("unreachable"));
    }
    beats++;
    notifyAll();
    return CompletableFuture.completedFuture(
        new HeartbeatReply(
            HeartbeatReply.VERSION,
            standing,
            leaseMillis,
            List.copyOf(directives),
            List.of(),
            drain,
            quarantined));
  }

  @Override
  public synchronized CompletableFuture<Void> report(EventBatch batch) {
    if (failingReports > 0) {
      failingReports--;
      return CompletableFuture.failedFuture(new IllegalStateException("not confirmed"));
    }
    events.addAll(batch.events());
    notifyAll();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> telemetry(TelemetryBatch batch) {
    return CompletableFuture.completedFuture(null);
  }

  public synchronized List<AttemptReport> reports() {
    return events.stream().map(AttemptEvent::report).toList();
  }

  public synchronized List<Long> sequences() {
    return events.stream().map(AttemptEvent::sequence).toList();
  }

  /** Waits until such a report came; fails after 120 s with what did come. */
  public AttemptReport await(Predicate<AttemptReport> wanted) throws InterruptedException {
    return await(wanted, Duration.ofSeconds(120))
        .orElseThrow(() -> new AssertionError("No such report among " + reports()));
  }

  /** The first such report; empty when none came in time. */
  public synchronized Optional<AttemptReport> await(
      Predicate<AttemptReport> wanted, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<AttemptReport> there = reports().stream().filter(wanted).findFirst();
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (there.isPresent() || left <= 0) {
        return there;
      }
      wait(left);
    }
  }
}
