package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.broker.Delivery;
import dev.morphene.client.ClientFailure;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.view.QueueView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a client does to the order of a queue: pauses and priorities. */
class PauseClientIT extends ClientStand {
  @Test
  void aPausedQueueStartsNothingThatIsPublishedAlready() throws Exception {
    JobId job = train();
    AttemptId attempt = cluster.next(SMALL, job);
    QueueView paused = client.queue().pause();
    try {
      assertThat(paused.paused()).isTrue();
      assertThat(paused.nodes()).isPositive();
      assertThat(paused.count("pending")).isPositive();
      ClaimReply reply = cluster.claim(attempt, Cluster.WORKER);
      assertThat(reply.refused().get(0).message()).contains("paused");
      assertThat(client.queue().why(job).reasons().get(0)).contains("queue is paused");
      assertThat(client.queue().job(job).state()).isEqualTo(JobState.PENDING);
    } finally {
      assertThat(client.queue().resume().paused()).isFalse();
    }
    AttemptId again = cluster.next(SMALL, job);
    assertThat(again).as("no attempt was spent").isEqualTo(attempt);
    assertThat(cluster.claim(again, Cluster.WORKER).granted()).hasSize(1);
    assertThat(client.queue().standing().gpusBusy()).isPositive();
  }

  @Test
  void nothingIsGrantedOnceThePauseHasReturned() throws Exception {
    JobRequest[] jobs =
        IntStream.range(0, 30)
            .mapToObj(n -> Specs.request("job-" + n, Specs.train("v2", Optional.empty())))
            .toArray(JobRequest[]::new);
    BatchId batch = client.queue().submit(Specs.submission(jobs)).batch();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> claimer = CompletableFuture.runAsync(() -> claimEverything(stop));
    try {
      while (count(batch, JobState.RUNNING) < 3) {
        assertThat(claimer).isNotDone();
      }
      client.queue().pause();
      long running = count(batch, JobState.RUNNING);
      while (queued(batch) > 0) {
        assertThat(claimer).isNotDone();
      }
      assertThat(count(batch, JobState.RUNNING)).isEqualTo(running);
      assertThat(count(batch, JobState.PENDING)).isEqualTo(jobs.length - running);
      assertThat(client.batches().show(batch).jobs()).allMatch(job -> job.attempt() == 1);
      client.queue().resume();
      while (count(batch, JobState.RUNNING) < jobs.length) {
        assertThat(claimer).isNotDone();
      }
    } finally {
      client.queue().resume();
      stop.set(true);
      claimer.get(120, SECONDS);
    }
  }

  private void claimEverything(AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        Delivery delivery = cluster.inbox.get(SMALL).poll(100, MILLISECONDS);
        if (delivery != null) {
          delivery.ack();
          cluster.claim(
              ProtocolJson.read(delivery.body(), JobMessage.class).attempt(), Cluster.WORKER);
        }
      }
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private long count(BatchId batch, JobState state) {
    return client.batches().show(batch).jobs().stream().filter(job -> job.state() == state).count();
  }

  /** Whose message is with the broker; the API does not tell them from pending ones. */
  private long queued(BatchId batch) throws Exception {
    try (Connection connection = cluster.servers.connect();
        PreparedStatement query =
            connection.prepareStatement(
                "select count(*) from job where batch_id = ? and state = 'queued'")) {
      query.setObject(1, batch.value());
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  @Test
  void aPausedJobStartsOnlyAfterItsResumption() throws Exception {
    JobId job = train();
    AttemptId attempt = cluster.next(SMALL, job);
    assertThat(client.queue().pause(job).paused()).isTrue();
    assertThat(client.queue().pause(job).paused()).as("again is no harm").isTrue();
    assertThat(cluster.claim(attempt, Cluster.WORKER).refused()).hasSize(1);
    assertThat(client.queue().why(job).reasons().get(0)).contains("paused");
    assertThat(client.queue().resume(job).paused()).isFalse();
    AttemptId again = cluster.next(SMALL, job);
    assertThat(again).isEqualTo(attempt);
    assertThat(cluster.claim(again, Cluster.WORKER).granted()).hasSize(1);
    assertThat(refused(ClientFailure.Reason.REFUSED, () -> client.queue().pause(job)))
        .contains("only a job that waits");
    client.queue().cancel(job);
    cluster.say(again, new AttemptReport.GivenBack(ErrorClass.CANCELLED, 1));
    cluster.awaitState(job.value(), "cancelled");
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().resume(job));
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().prioritise(job, 1));
    assertThat(client.queue().retry(job).state()).isEqualTo(JobState.PENDING);
  }

  @Test
  void aWaitingJobOvertakesOthersWithItsNewPriority() throws Exception {
    JobId first;
    JobId second;
    client.queue().pause();
    try {
      first = train();
      second = train();
      assertThat(client.queue().prioritise(second, 9).priority()).isEqualTo(9);
    } finally {
      client.queue().resume();
    }
    // The other one came behind it, so it is still there.
    AttemptId winner = cluster.next(SMALL, second);
    AttemptId other = cluster.next(SMALL, first);
    assertThat(List.of(winner.job(), other.job())).containsExactly(second, first);
  }
}
