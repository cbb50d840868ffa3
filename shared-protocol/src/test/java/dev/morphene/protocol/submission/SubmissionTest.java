package dev.morphene.protocol.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SubmissionTest {
  private static final String MINIMAL =
      """
      {"version": 1, "key": "k1", "batchName": "one", "somethingNew": true, "jobs": [
        {"name": "data", "spec": {"kind": "preprocess", "datasetFolder": "/d",
          "inputs": [{"sourceType": "musical", "rawFolder": "/r", "processedFolder": "/p"}]}},
        {"name": "train", "needs": ["data"], "instrument": 10, "spec": {"kind": "train", "name": "pyroviolin",
          "config": "v2", "datasetFolder": "/d", "runFolder": "/m", "maxSteps": 10}}]}
      """;

  @Test
  void aSubmissionTypedByHandNeedsOnlyWhatHasNoDefault() throws Exception {
    Submission submission = read(MINIMAL);
    assertThat(submission.jobs()).hasSize(2);
    TrainSpec train = (TrainSpec) submission.jobs().get(1).spec();
    assertThat(train.phaseOneSteps()).isEqualTo(OptionalLong.empty());
    assertThat(train.followUp()).isEmpty();
    assertThat(read(new String(ProtocolJson.write(submission), StandardCharsets.UTF_8)))
        .isEqualTo(submission);
  }

  @Test
  void theTrainerIsOursUnlessTheOfficialOneIsNamed() throws Exception {
    TrainSpec ours = (TrainSpec) read(MINIMAL).jobs().get(1).spec();
    TrainSpec official =
        (TrainSpec)
            read(MINIMAL.replace("\"config\"", "\"trainer\": \"rave\", \"config\""))
                .jobs()
                .get(1)
                .spec();
    assertThat(official.trainer()).contains(Trainer.RAVE);
    assertThat(official.withBatch(4).withConfig("v2_small").trainer()).contains(Trainer.RAVE);
    assertThat(ours.recipe().trainer()).isEqualTo("morphene-1");
    assertThat(official.recipe().key())
        .isEqualTo("v2 batch=8 signal=131072 rate=48000 trainer=rave-2.3");
    assertThatThrownBy(
            () -> read(MINIMAL.replace("\"config\"", "\"trainer\": \"mine\", \"config\"")))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("mine");
  }

  @Test
  void aMissingFieldIsNamed() {
    assertThatThrownBy(() -> read(MINIMAL.replace("\"maxSteps\": 10", "\"steps\": 10")))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("maxSteps");
    assertThatThrownBy(() -> read(MINIMAL.replace("\"key\": \"k1\",", "")))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("key");
  }

  @Test
  void aRelativePathAnUnknownKindAndAForwardNeedAreRefused() {
    assertThatThrownBy(() -> read(MINIMAL.replace("\"/m\"", "\"m\"")))
        .hasMessageContaining("\"runFolder\" must be an absolute path, not \"m\"");
    assertThatThrownBy(() -> read(MINIMAL.replace("\"kind\": \"train\"", "\"kind\": \"trian\"")))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("trian");
    assertThatThrownBy(() -> read(MINIMAL.replace("[\"data\"]", "[\"later\"]")))
        .hasMessageContaining("needs \"later\"");
    assertThatThrownBy(() -> read(MINIMAL.replace("\"version\": 1", "\"version\": 2")))
        .hasMessageContaining("version 1");
  }

  @Test
  void textThatIsNoJsonIsRefusedWithASentence() {
    assertThatThrownBy(() -> read("train it please")).isInstanceOf(MalformedMessage.class);
    assertThatThrownBy(() -> read("null"))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("empty");
  }

  private static Submission read(String text) throws MalformedMessage {
    return ProtocolJson.read(text.getBytes(StandardCharsets.UTF_8), Submission.class);
  }
}
