package dev.morphene.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.queue.QueueName.Durability;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The definitions that operators import say what the programs declare. */
class DefinitionsTest {
  private static final Path FILE = Path.of("..", "deploy", "rabbitmq", "definitions.json");

  @Test
  void everyQueueHasTheTypeThatTheProgramsGiveIt() throws Exception {
    Map<String, String> types = new TreeMap<>();
    for (JsonNode queue : read().get("queues")) {
      types.put(queue.get("name").asText(), queue.at("/arguments/x-queue-type").asText("classic"));
    }
    Map<String, String> declared = new TreeMap<>();
    for (QueueName queue : QueueName.all()) {
      boolean replicated = queue.durability() == Durability.REPLICATED;
      declared.put(queue.value(), replicated ? "quorum" : "classic");
    }
    assertThat(types).isEqualTo(declared);
  }

  @Test
  void everyWorkQueueHasALimitThatEndsInItsDeadLetterQueue() throws Exception {
    JsonNode policies = read().get("policies");
    for (QueueName queue : QueueName.work()) {
      assertThat(policies)
          .anySatisfy(
              policy -> {
                assertThat(Pattern.matches(policy.get("pattern").asText(), queue.value())).isTrue();
                assertThat(policy.at("/definition/delivery-limit").asInt()).isPositive();
                assertThat(policy.at("/definition/dead-letter-routing-key").asText())
                    .isEqualTo(queue.deadLetter().value());
              });
    }
  }

  private static JsonNode read() throws Exception {
    return ProtocolJson.mapper().readTree(FILE.toFile());
  }
}
