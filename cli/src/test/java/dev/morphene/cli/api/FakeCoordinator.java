package dev.morphene.cli.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Answers like a coordinator with what it was told to; keeps what it was asked. Of several answers
 * to one request each is given once, and the last for good.
 */
public final class FakeCoordinator implements AutoCloseable {
  /**
   * @param line method and path with parameters
   */
  public record Request(String line, String body) {}

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  public FakeCoordinator() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    server.createContext("/", this::answer);
    server.start();
    answer("GET /health", 200, "{\"healthy\": true}");
  }

  /**
   * @param request {@code GET /api/v1/jobs/1}, with the parameters where there are any
   */
  public FakeCoordinator answer(String request, int status, String json) {
    answers.computeIfAbsent(request, any -> new ArrayDeque<>()).add(new Answer(status, json));
    return this;
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public List<Request> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(new Request(line, body));
    byte[] bytes;
    int status;
    synchronized (answers) {
      Deque<Answer> known = answers.getOrDefault(line, new ArrayDeque<>());
      Answer answer =
          known.isEmpty()
              ? new Answer(404, "{\"error\": \"Nothing is known of " + line + ".\"}")
              : known.size() == 1 ? known.peek() : known.poll();
      status = answer.status();
      bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
