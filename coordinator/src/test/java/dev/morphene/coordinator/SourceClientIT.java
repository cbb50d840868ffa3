package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.ClientFailure;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.source.SourceView;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.SubmissionReply;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a client does with sources, and with what may be trained from them. */
class SourceClientIT extends ClientStand {
  @Test
  void aSourceLivesFromItsDraftToItsEnd() {
    SourceView added = client.sources().add(draft(20, SourceType.MUSICAL, 1_800));
    assertThat(added.source()).isEqualTo(draft(20, SourceType.MUSICAL, 1_800));
    SourceView changed =
        client
            .sources()
            .update(
                added.id(),
                ProtocolJson.mapper()
                    .createObjectNode()
                    .put("quality", 5)
                    .put("name", "Better takes")
                    .putNull("license"));
    assertThat(changed.source().quality()).hasValue(5);
    assertThat(changed.source().name()).isEqualTo("Better takes");
    assertThat(changed.source().license()).isEmpty();
    assertThat(changed.source().files()).isEqualTo(added.source().files());
    client.sources().addReference(added.id(), clip("/r.wav", "first take"));
    SourceView withClips = client.sources().addReference(added.id(), clip("/r.wav", "second take"));
    assertThat(withClips.references()).containsExactly(clip("/r.wav", "second take"));
    assertThat(client.sources().show(added.id())).isEqualTo(withClips);
    assertThat(client.sources().list(OptionalInt.of(20))).containsExactly(withClips);
    assertThat(client.sources().list(OptionalInt.empty())).contains(withClips);
    assertThat(client.sources().readiness(20).musicalHours()).isEqualTo(0.5);
    assertThat(client.sources().readiness(20).references()).isEqualTo(1);
    client.sources().delete(added.id());
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.sources().show(added.id()));
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.sources().delete(added.id()));
    assertThat(client.sources().readiness(20).sources()).isZero();
  }

  @Test
  void aPatchThatMakesNoSourceOfItIsRefusedAndChangesNothing() {
    SourceId id = client.sources().add(draft(21, SourceType.MUSICAL, 60)).id();
    SourceView before = client.sources().show(id);
    var mapper = ProtocolJson.mapper();
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().put("quality", 6))))
        .contains("\"quality\" is from 1 to 5");
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().putNull("name"))))
        .contains("\"name\" is missing");
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().put("nam", "x"))))
        .contains("no field \"nam\"");
    assertThat(client.sources().show(id)).isEqualTo(before);
  }

  @Test
  void anInstrumentWithoutMaterialIsTrainedOnlyWhenThatIsAllowed() throws Exception {
    assertThat(client.sources().summary()).hasSize(50);
    JobRequest request = training("train", 30);
    String sentence =
        refused(ClientFailure.Reason.REFUSED, () -> client.queue().submit(strict("k30", request)));
    assertThat(sentence)
        .startsWith("Instrument 30 ")
        .contains("1.50 h of musical material and 1.50 h of non-musical material")
        .contains("add sources")
        .contains("allowIncomplete");
    assertThat(cluster.post("/api/v1/submissions", json(strict("k30", request))).statusCode())
        .isEqualTo(409);
    SubmissionReply byMessage =
        ProtocolJson.read(
            cluster
                .broker
                .request(
                    QueueName.SUBMIT,
                    ProtocolJson.write(strict("k30", request)),
                    Duration.ofSeconds(120))
                .get(120, SECONDS),
            SubmissionReply.class);
    assertThat(byMessage).isEqualTo(new SubmissionReply.Refused(sentence, true));
    client.sources().add(draft(30, SourceType.MUSICAL, 5_400));
    client.sources().add(draft(30, SourceType.NONMUSICAL, 5_400));
    assertThat(client.sources().readiness(30).isReady()).isTrue();
    SubmissionReply.Accepted accepted = client.queue().submit(strict("k30", request));
    client.sources().list(OptionalInt.of(30)).forEach(s -> client.sources().delete(s.id()));
    SubmissionReply.Accepted again = client.queue().submit(strict("k30", request));
    assertThat(again.alreadyKnown()).as("what was accepted stays accepted").isTrue();
    assertThat(again.batch()).isEqualTo(accepted.batch());
  }

  private static String json(Object body) {
    return new String(ProtocolJson.write(body));
  }

  private static ReferenceClip clip(String file, String description) {
    return new ReferenceClip(file, Optional.of(description), OptionalDouble.of(30));
  }
}
