package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.api.ApiDocument;
import dev.morphene.protocol.json.ProtocolJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is sent to whatever route: a fault of the sender is told to it as one. */
@Timeout(300)
class ApiFuzzIT {
  private static final List<String> IDS =
      List.of(
          "1",
          "0",
          "-1",
          "2.5",
          "abc",
          "%00",
          "%ff",
          "%20",
          "a%2Fb",
          "999999999999999999999",
          "9223372036854775807",
          "00000000-0000-0000-0000-000000000000",
          "node-1",
          "%F0%9F%8E%BB",
          "x".repeat(300),
          "'%3B--");
  private static final List<String> QUERIES =
      List.of(
          "",
          "?limit=-1",
          "?limit=x&after=-5",
          "?after=9223372036854775807",
          "?state=%00",
          "?batch=1",
          "?instrument=1e3",
          "?dryRun=perhaps",
          "?limit=2&limit=3",
          "?dryRun=true");
  private static final List<String> BODIES =
      List.of(
          "",
          "null",
          "[]",
          "7",
          "\"x\"",
          "{",
          "{}",
          "{\"priority\": 1e99}",
          "{\"priority\": -2147483648}",
          "{\"priority\": 1.5}",
          "{\"reason\": \"\\u0000\"}",
          "{\"reason\": \"\\ud800\"}",
          "{\"reason\": 7}",
          "{\"file\": \"\\udc00x\"}",
          "{\"name\": null, \"instrument\": null}",
          "{\"durationSeconds\": 1e400}",
          "{\"files\": [null]}",
          "{\"files\": {\"a\": 1}}",
          "{\"quality\": \"5\"}",
          "{\"a\": ".repeat(3_000) + "1" + "}".repeat(3_000));
  private static final List<String> VALUES =
      List.of(
          "null",
          "-1",
          "0",
          "1e308",
          "9223372036854775807",
          "99999999999999999999",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\ufffe'\\\"\\\\\"",
          "[]",
          "[null]",
          "{}",
          "true",
          "51",
          "\"/a/../b\"",
          "\"relative\"");

  private static Cluster cluster;
  private static ApiDocument document;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random(4);
  private final List<String> faults = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
    document = ApiDocument.bundled();
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void noIdAndNoBodyMeetsAFaultOfOurs() throws Exception {
    for (String operation : document.operations()) {
      for (String id : IDS) {
        send(operation, id, one(QUERIES), one(BODIES));
      }
      for (String body : BODIES) {
        send(operation, "1", one(QUERIES), body);
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void noFieldOfABodyMeetsAFaultOfOurs() throws Exception {
    String submission =
        new String(
            ProtocolJson.write(
                Specs.submission(
                    Specs.request("train", Specs.train("v2", Optional.empty())),
                    Specs.request("audit", Specs.audit(), "train"))),
            StandardCharsets.UTF_8);
    String source =
        """
        {"instrument": 1, "type": "musical", "name": "n", "origin": "recorded", "license": "l",
         "restrictions": "r", "durationSeconds": 5, "quality": 3, "processing": ["p"],
         "files": ["/f"], "notes": "n"}
        """;
    for (int round = 0; round < 150; round++) {
      String broken = broken(submission);
      send("POST /api/v1/submissions", "", one(List.of("", "?dryRun=true")), broken);
      send("POST /api/v1/sources", "", "", broken(source));
      send("PATCH /api/v1/sources/{id}", "1", "", broken(source));
      send(
          "POST /api/v1/sources/{id}/references",
          "1",
          "",
          broken("{\"file\": \"/f\", \"description\": \"d\", \"durationSeconds\": 3}"));
    }
    assertThat(faults).isEmpty();
  }

  /** With one field, somewhere, of another value. */
  private String broken(String json) throws Exception {
    JsonNode tree = ProtocolJson.mapper().readTree(json);
    List<ObjectNode> objects = new ArrayList<>();
    collect(tree, objects);
    ObjectNode chosen = one(objects);
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : chosen.properties()) {
      fields.add(field.getKey());
    }
    String mark = "\"here it is\"";
    chosen.put(one(fields), "here it is");
    return ProtocolJson.mapper().writeValueAsString(tree).replace(mark, one(VALUES));
  }

  private static void collect(JsonNode tree, List<ObjectNode> objects) {
    if (tree instanceof ObjectNode object && !object.isEmpty()) {
      objects.add(object);
    }
    tree.forEach(child -> collect(child, objects));
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private void send(String operation, String id, String query, String body) throws Exception {
    String[] words = operation.split(" ");
    String path = words[1].replaceAll("\\{\\w+}", java.util.regex.Matcher.quoteReplacement(id));
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(cluster.httpUri() + path + query))
                .method(
                    words[0],
                    words[0].equals("GET")
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    int status = answer.statusCode();
    boolean isSentence =
        status < 300
            || ProtocolJson.mapper().readTree(answer.body()).path("error").asText().endsWith(".");
    if (status >= 500 || !isSentence) {
      faults.add(operation + " " + id + query + " " + cut(body) + ": " + status + answer.body());
    }
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(200, text.length()));
  }
}
