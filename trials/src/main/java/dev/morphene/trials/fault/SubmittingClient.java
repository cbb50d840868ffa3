package dev.morphene.trials.fault;

import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.trials.history.Accepted;
import dev.morphene.trials.process.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An operator's program that does not give up: it sends a batch with the same key until it gets an
 * answer, to one coordinator after the other or by message.
 */
final class SubmittingClient implements AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** Longer than the broker may need to start again: until then nobody can answer. */
  private static final Duration GIVE_UP = Duration.ofSeconds(480);

  private static final long AGAIN_AFTER_MILLIS = 300;
  private static final int CREATED = 201;
  private static final int KNOWN = 200;

  private final List<String> httpUris;
  private final Broker broker;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_LIMIT)
          .build();
  private final List<Accepted> accepted = new ArrayList<>();
  private int tries;

  SubmittingClient(TrialCluster cluster) {
    this.httpUris = cluster.httpUris();
    this.broker = Broker.connect(BrokerConfig.of(cluster.servers().broker().uri()), "client");
  }

  /**
   * Submits the plan's batches at their times; returns when all are accepted.
   *
   * @throws IllegalStateException when one is refused, or is not answered in 480 s
   */
  void submit(TrialPlan plan) throws InterruptedException {
    long begin = System.nanoTime();
    for (TrialPlan.Batch batch : plan.batches()) {
      long early = batch.atMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      if (early > 0) {
        Patience.pause(early);
      }
      submitUntilAccepted(batch);
      if (batch.twice()) {
        submitUntilAccepted(batch);
      }
    }
  }

  private void submitUntilAccepted(TrialPlan.Batch batch) throws InterruptedException {
    long deadline = System.nanoTime() + GIVE_UP.toNanos();
    while (true) {
      tries++;
      Optional<SubmissionReply> reply =
          batch.byMessage() ? byMessage(batch.submission()) : overHttp(batch.submission());
      if (reply.isPresent()) {
        if (reply.get() instanceof SubmissionReply.Accepted answer) {
          accepted.add(new Accepted(batch.submission().key().value(), answer.jobs()));
          return;
        }
        throw new IllegalStateException("A good batch was refused: " + reply.get());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "Nobody accepted " + batch.submission().key() + " in " + GIVE_UP.toSeconds() + " s.");
      }
      Patience.pause(AGAIN_AFTER_MILLIS);
    }
  }

  private Optional<SubmissionReply> byMessage(Submission submission) throws InterruptedException {
    try {
      byte[] answer =
          broker
              .request(QueueName.SUBMIT, ProtocolJson.write(submission), ANSWER_LIMIT)
              .get(2 * ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.of(read(answer));
    } catch (ExecutionException | TimeoutException nobody) {
      return Optional.empty();
    }
  }

  private Optional<SubmissionReply> overHttp(Submission submission) throws InterruptedException {
    URI uri = URI.create(httpUris.get(tries % httpUris.size()) + "/api/v1/submissions");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_LIMIT)
            .POST(HttpRequest.BodyPublishers.ofByteArray(ProtocolJson.write(submission)))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == CREATED || answer.statusCode() == KNOWN
          ? Optional.of(read(answer.body()))
          : Optional.empty();
    } catch (IOException nobody) {
      return Optional.empty();
    }
  }

  private static SubmissionReply read(byte[] answer) {
    try {
      return ProtocolJson.read(answer, SubmissionReply.class);
    } catch (MalformedMessage malformed) {
      throw new IllegalStateException("An answer cannot be read.", malformed);
    }
  }

  List<Accepted> accepted() {
    return List.copyOf(accepted);
  }

  /** How many times something was sent. */
  int tries() {
    return tries;
  }

  @Override
  public void close() {
    broker.close();
  }
}
