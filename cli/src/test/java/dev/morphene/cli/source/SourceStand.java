package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.Readiness;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.source.SourceView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A coordinator that knows sources only, in memory, over real HTTP. */
final class SourceStand implements AutoCloseable {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  private static final String API = "/api/v1/";

  private final HttpServer server;
  private final Map<Long, SourceView> sources = new TreeMap<>();
  private long lastId;

  SourceStand() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized List<SourceView> sources() {
    return List.copyOf(sources.values());
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String[] path = exchange.getRequestURI().getPath().substring(API.length()).split("/");
    byte[] body = exchange.getRequestBody().readAllBytes();
    try {
      Object answer = answer(method, path, exchange.getRequestURI().getQuery(), body);
      send(exchange, 200, answer);
    } catch (MalformedMessage malformed) {
      send(exchange, 400, Map.of("error", malformed.getMessage()));
    } catch (NoSuchSource missing) {
      send(exchange, 404, Map.of("error", missing.getMessage()));
    } catch (RuntimeException fault) {
      send(exchange, 500, Map.of("error", "The stand-in failed: " + fault));
    }
  }

  private Object answer(String method, String[] path, String query, byte[] body)
      throws MalformedMessage {
    switch (path[0]) {
      case "readiness":
        return Map.of(
            "instruments",
            IntStream.rangeClosed(1, 50).mapToObj(number -> tree(readiness(number))).toList());
      case "instruments":
        return tree(readiness(Integer.parseInt(path[1])));
      default:
        break;
    }
    if (path.length == 1) {
      return method.equals("POST")
          ? keep(++lastId, ProtocolJson.read(body, SourceDraft.class), List.of())
          : Map.of("sources", list(query));
    }
    long id = Long.parseLong(path[1]);
    SourceView known = sources.get(id);
    if (known == null) {
      throw new NoSuchSource(id);
    }
    switch (method) {
      case "PATCH":
        ObjectNode merged = (ObjectNode) ProtocolJson.tree(known.source());
        JsonNode changes = ProtocolJson.read(body, JsonNode.class);
        changes
            .properties()
            .forEach(
                change -> {
                  if (change.getValue().isNull()) {
                    merged.remove(change.getKey());
                  } else {
                    merged.set(change.getKey(), change.getValue());
                  }
                });
        return keep(id, ProtocolJson.read(merged, SourceDraft.class), known.references());
      case "POST":
        List<ReferenceClip> clips = new ArrayList<>(known.references());
        clips.add(ProtocolJson.read(body, ReferenceClip.class));
        return keep(id, known.source(), clips);
      case "DELETE":
        sources.remove(id);
        return Map.of();
      default:
        return known;
    }
  }

  private List<SourceView> list(String query) {
    return sources.values().stream()
        .filter(view -> query == null || query.equals("instrument=" + view.source().instrument()))
        .toList();
  }

  private SourceView keep(long id, SourceDraft source, List<ReferenceClip> clips) {
    SourceView view = new SourceView(new SourceId(id), source, clips, NOON, NOON);
    sources.put(id, view);
    return view;
  }

  private Readiness readiness(int number) {
    Instrument instrument = InstrumentCatalogue.bundled().byNumber(number).orElseThrow();
    List<SourceView> of =
        sources.values().stream().filter(view -> view.source().instrument() == number).toList();
    return new Readiness(
        instrument,
        hours(of, SourceType.MUSICAL),
        hours(of, SourceType.NONMUSICAL),
        of.size(),
        of.stream().mapToInt(view -> view.references().size()).sum());
  }

  private static double hours(List<SourceView> of, SourceType type) {
    return of.stream()
            .filter(view -> view.source().type() == type)
            .mapToDouble(view -> view.source().durationSeconds().orElse(0))
            .sum()
        / 3_600;
  }

  private static JsonNode tree(Object value) {
    return ProtocolJson.tree(value);
  }

  private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
    byte[] body = ProtocolJson.write(answer);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static final class NoSuchSource extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchSource(long id) {
      super("There is no source " + id + ".");
    }
  }
}
