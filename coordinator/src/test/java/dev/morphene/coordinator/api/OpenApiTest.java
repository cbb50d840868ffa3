package dev.morphene.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.forecast.QueueStanding;
import dev.morphene.coordinator.forecast.WaitReason;
import dev.morphene.coordinator.job.JobLife;
import dev.morphene.coordinator.job.OperatorCommands;
import dev.morphene.coordinator.job.RetryPolicy;
import dev.morphene.coordinator.memory.EnvelopeRule;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.coordinator.node.Drains;
import dev.morphene.coordinator.node.NodeCommands;
import dev.morphene.coordinator.node.Quarantines;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.coordinator.source.Readinesses;
import dev.morphene.coordinator.source.SourceStore;
import dev.morphene.coordinator.submission.SubmissionPlan;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.placement.MemoryRule;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The description and the router name the same routes; nothing here needs a server. */
@Timeout(300)
class OpenApiTest {
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private final ApiDocument document;

  OpenApiTest() throws Exception {
    document = ApiDocument.bundled();
  }

  @Test
  void theDescriptionAndTheRouterNameTheSameRoutes() {
    assertThat(document.operations()).isEqualTo(routes());
  }

  @Test
  void everyParameterOfAPathIsDescribedAndEveryOperationHasItsOwnId() {
    Set<String> ids = new HashSet<>();
    for (String operation : document.operations()) {
      JsonNode described = document.operation(operation);
      assertThat(ids.add(described.path("operationId").asText())).as(operation).isTrue();
      assertThat(described.path("summary").asText()).as(operation).isNotBlank();
      Set<String> inPath = new TreeSet<>();
      for (Matcher names = PARAMETER.matcher(operation); names.find(); ) {
        inPath.add(names.group(1));
      }
      Set<String> parameters = new TreeSet<>();
      for (JsonNode parameter : described.path("parameters")) {
        if (parameter.path("in").asText().equals("path")) {
          parameters.add(parameter.path("name").asText());
        }
      }
      assertThat(parameters).as(operation).isEqualTo(inPath);
    }
  }

  @Test
  void everySchemaIsUsedAndEveryReferenceLeadsSomewhere() {
    Set<String> used = new TreeSet<>();
    references(document.tree(), used);
    Set<String> there = new TreeSet<>();
    document.tree().at("/components/schemas").fieldNames().forEachRemaining(there::add);
    assertThat(used).isEqualTo(there);
  }

  private static void references(JsonNode tree, Set<String> used) {
    if (tree.has("$ref")) {
      used.add(tree.get("$ref").asText().replace("#/components/schemas/", ""));
    }
    tree.forEach(child -> references(child, used));
  }

  /** Of a coordinator that is not connected to anything. */
  private static Set<String> routes() {
    Vertx vertx = Vertx.vertx();
    try (Broker broker = Broker.connect(BrokerConfig.of("amqp://127.0.0.1:1", ""), "nobody");
        Database database = new Database(vertx, new PgConnectOptions())) {
      Set<String> routes = new TreeSet<>();
      for (Route route : api(database, broker).router(vertx).getRoutes()) {
        if (route.getPath() != null) {
          String path = route.getPath().replaceAll(":(\\w+)", "{$1}");
          for (HttpMethod method : route.methods()) {
            routes.add(method.name() + " " + path);
          }
        }
      }
      return routes;
    } finally {
      vertx.close();
    }
  }

  private static HttpApi api(Database database, Broker broker) {
    Duration silence = Duration.ofSeconds(25);
    InstrumentCatalogue catalogue = InstrumentCatalogue.bundled();
    Envelopes envelopes = new Envelopes(EnvelopeRule.usual());
    Readinesses readinesses = new Readinesses(database, catalogue);
    Pool pool = new Pool(silence);
    MemoryRule rule = MemoryRule.usual();
    Views views = new Views(database, catalogue, silence);
    NodeCommands commands = new NodeCommands(broker);
    OperatorCommands operators =
        new OperatorCommands(
            database,
            new JobLife(new RetryPolicy(silence, silence, new Random(1)), envelopes),
            commands);
    return new HttpApi(
        List.of(
            new SubmissionRoutes(
                new Submissions(database, catalogue, envelopes, readinesses),
                new SubmissionPlan(database, catalogue, envelopes, readinesses, pool, rule)),
            new QueueRoutes(
                new QueueStanding(database, pool, rule, silence), new QueuePause(database)),
            new JobRoutes(database, operators, new WaitReason(database, pool, rule), views),
            new BatchRoutes(operators, views),
            new NodeRoutes(new Drains(database, commands), new Quarantines(database), views),
            new SourceRoutes(new SourceStore(database), readinesses)),
        new Health(views, broker, List.of()),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        Runnable::run);
  }
}
