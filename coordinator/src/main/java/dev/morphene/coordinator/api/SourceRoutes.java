package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.source.Readinesses;
import dev.morphene.coordinator.source.SourceStore;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.Readiness;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.OptionalInt;

/** Recordings, and the instruments that need them. */
public final class SourceRoutes implements RouteGroup {
  private static final String SOURCES = "/api/v1/sources";
  private static final String SOURCE = SOURCES + "/:id";
  private static final int LAST_INSTRUMENT = 50;

  private final SourceStore sources;
  private final Readinesses readinesses;

  public SourceRoutes(SourceStore sources, Readinesses readinesses) {
    this.sources = sources;
    this.readinesses = readinesses;
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.get(SOURCES, this::list);
    endpoints.post(
        SOURCES, context -> Answer.of(201, sources.add(Requests.body(context, SourceDraft.class))));
    endpoints.get(SOURCE, context -> Answer.ok(sources.show(Requests.sourceId(context))));
    endpoints.patch(SOURCE, this::change);
    endpoints.delete(
        SOURCE,
        context -> {
          sources.delete(Requests.sourceId(context));
          return Answer.nothing();
        });
    endpoints.post(SOURCE + "/references", this::addReference);
    endpoints.get("/api/v1/instruments", context -> Answer.list("instruments", catalogue()));
    endpoints.get("/api/v1/instruments/:number/readiness", this::readiness);
    endpoints.get(
        "/api/v1/readiness",
        context ->
            Answer.list(
                "instruments", readinesses.all().stream().map(SourceRoutes::view).toList()));
  }

  private Answer list(RoutingContext context) {
    int number = (int) Requests.number(context, "instrument", 0, 1, LAST_INSTRUMENT);
    return Answer.list(
        "sources", sources.list(number == 0 ? OptionalInt.empty() : OptionalInt.of(number)));
  }

  private Answer change(RoutingContext context) throws MalformedMessage {
    return Answer.ok(sources.change(Requests.sourceId(context), Requests.objectBody(context)));
  }

  private Answer addReference(RoutingContext context) throws MalformedMessage {
    return Answer.ok(
        sources.addReference(
            Requests.sourceId(context), Requests.body(context, ReferenceClip.class)));
  }

  private Answer readiness(RoutingContext context) {
    long number = Requests.number(context.pathParam("number"), "number", 0, Integer.MAX_VALUE);
    return readinesses
        .of((int) number)
        .map(readiness -> Answer.ok(view(readiness)))
        .orElseGet(
            () ->
                Answer.notFound(
                    "There is no instrument " + number + "; the catalogue has 1 to 50."));
  }

  /** The catalogue's own fields, and beside them how far each instrument is. */
  private List<JsonNode> catalogue() {
    return readinesses.all().stream()
        .map(
            readiness -> {
              ObjectNode entry = (ObjectNode) ProtocolJson.tree(readiness.instrument());
              ObjectNode standing = view(readiness);
              standing.remove("instrument");
              entry.setAll(standing);
              return (JsonNode) entry;
            })
        .toList();
  }

  /** What is missing is told in words too. */
  private static ObjectNode view(Readiness readiness) {
    ObjectNode view = (ObjectNode) ProtocolJson.tree(readiness);
    view.set("missing", ProtocolJson.tree(readiness.missing()));
    return view;
  }
}
