package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.client.ClientFailure;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A client and the coordinator that it calls; together the classes below make every call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class ClientStand {
  static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);

  Cluster cluster;
  MorpheneClient client;

  @BeforeAll
  void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
    cluster.consume(SMALL);
    client = new MorpheneClient(URI.create(cluster.httpUri()));
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  static String refused(ClientFailure.Reason reason, Runnable call) {
    String[] sentence = new String[1];
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ClientFailure.class,
            failure -> {
              assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
              assertThat(failure.getMessage()).endsWith(".");
              sentence[0] = failure.getMessage();
            });
    return sentence[0];
  }

  JobId train() {
    return client
        .queue()
        .submit(Specs.submission(Specs.request("train", Specs.train("v2", Optional.empty()))))
        .jobs()
        .get("train");
  }

  AttemptId run(JobId job) throws Exception {
    return cluster.take(SMALL, job.value()).attempt();
  }

  /** Without leave to train what has too little material. */
  static Submission strict(String key, JobRequest... jobs) {
    return new Submission(1, new IdempotencyKey(key), "strict", List.of(jobs));
  }

  static JobRequest training(String name, int instrument) {
    return new JobRequest(
        name,
        OptionalInt.of(instrument),
        OptionalInt.empty(),
        List.of(),
        OptionalInt.empty(),
        Specs.train("v2", Optional.empty()));
  }

  static SourceDraft draft(int instrument, SourceType type, double seconds) {
    return new SourceDraft(
        instrument,
        type,
        "Takes",
        SourceOrigin.RECORDED,
        Optional.of("ours"),
        Optional.empty(),
        OptionalDouble.of(seconds),
        OptionalInt.of(3),
        List.of("trimmed", "levelled"),
        List.of("/takes/1.wav", "/takes/2.wav"),
        Optional.empty());
  }
}
