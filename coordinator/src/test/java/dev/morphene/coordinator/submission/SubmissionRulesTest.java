package dev.morphene.coordinator.submission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.submission.Submission;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubmissionRulesTest {
  private static final String FOLLOW_UP =
      ", \"followUp\": {\"musicalReference\": \"/m\", \"nonmusicalReference\": \"/n\","
          + " \"auditFolder\": \"/a\"}";

  private static Optional<String> objection(String config, String more) throws Exception {
    String text =
        """
        {"version": 1, "key": "k", "batchName": "b", "jobs": [
          {"name": "train", "spec": {"kind": "train", "name": "pyroviolin", "config": "%s",
            "datasetFolder": "/d", "runFolder": "/r", "maxSteps": 10 %s}}]}
        """
            .formatted(config, more);
    return new SubmissionRules(InstrumentCatalogue.bundled())
        .objection(ProtocolJson.read(text.getBytes(StandardCharsets.UTF_8), Submission.class));
  }

  @Test
  void ourTrainerHasItsConfigsAndTheOfficialOneItsOwn() throws Exception {
    for (String config : new String[] {"v2_small", "v3", "v2,noise", "discrete+causal"}) {
      assertThat(objection(config, "")).as(config).isEmpty();
    }
    for (String config : new String[] {"v4", "v2_nopqmf", "v2,none", "causal", "v2,"}) {
      assertThat(objection(config, ""))
          .hasValueSatisfying(text -> assertThat(text).contains("v1, v2, v2_small, v3"));
    }
    for (String config : new String[] {"v1", "v3", "discrete", "v2,noise", "raspberry.gin"}) {
      assertThat(objection(config, ", \"trainer\": \"rave\"")).as(config).isEmpty();
    }
    assertThat(objection("v2; rm -r", ", \"trainer\": \"rave\""))
        .hasValueSatisfying(text -> assertThat(text).contains("divided by commas"));
  }

  @Test
  void auditsAreForConfigsThatThisProgramCanPlay() throws Exception {
    assertThat(objection("v2", ", \"trainer\": \"rave\"" + FOLLOW_UP)).isEmpty();
    assertThat(objection("v3", ", \"trainer\": \"rave\"" + FOLLOW_UP)).isEmpty();
    assertThat(objection("v2_nopqmf", ", \"trainer\": \"rave\"" + FOLLOW_UP))
        .hasValueSatisfying(text -> assertThat(text).contains("leave out its followUp"));
  }
}
