package dev.morphene.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.client.ClientFailure.Reason;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests and answers in JSON; every refusal becomes a {@link ClientFailure}. */
final class Exchange {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final byte[] NOTHING = new byte[0];

  private final URI address;
  private final HttpClient http;

  Exchange(URI address) {
    this.address = address;
    this.http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }

  URI address() {
    return address;
  }

  <T> T get(String path, TypeReference<T> type) {
    return read(send("GET", path, null), type);
  }

  /** The entries of the field {@code field} of the answer. */
  <T> T list(String path, String field, TypeReference<T> type) {
    return read(ProtocolJson.write(tree(path).path(field)), type);
  }

  JsonNode tree(String path) {
    return get(path, new TypeReference<JsonNode>() {});
  }

  <T> T post(String path, Object body, TypeReference<T> type) {
    return read(send("POST", path, ProtocolJson.write(body)), type);
  }

  <T> T postBytes(String path, byte[] json, TypeReference<T> type) {
    return read(send("POST", path, json), type);
  }

  <T> T post(String path, TypeReference<T> type) {
    return read(send("POST", path, NOTHING), type);
  }

  <T> T patch(String path, Object body, TypeReference<T> type) {
    return read(send("PATCH", path, ProtocolJson.write(body)), type);
  }

  void delete(String path) {
    send("DELETE", path, null);
  }

  /** A piece of a path or the value of a parameter. */
  static String escaped(Object text) {
    return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }

  private byte[] send(String method, String path, byte[] body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    }
    HttpResponse<byte[]> response;
    try {
      response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException cause) {
      throw new ClientFailure(
          Reason.UNREACHABLE,
          "No coordinator answers at "
              + address
              + "; start one with morphene up, or name another with --coordinator.",
          cause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ClientFailure(
          Reason.FAILED, "Interrupted while waiting for " + address + ".", interrupted);
    }
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    throw new ClientFailure(reason(response.statusCode()), sentence(response));
  }

  /** The one mapping from a status to a reason. */
  private static Reason reason(int status) {
    return switch (status) {
      case 404 -> Reason.NOT_FOUND;
      case 400, 403, 409, 413, 422 -> Reason.REFUSED;
      case 502, 503, 504 -> Reason.UNREACHABLE;
      default -> Reason.FAILED;
    };
  }

  private static String sentence(HttpResponse<byte[]> response) {
    try {
      JsonNode error = ProtocolJson.mapper().readTree(response.body()).path("error");
      if (error.isTextual()) {
        return error.asText();
      }
    } catch (IOException notJson) {
      // Fall through: the status is all there is to tell.
    }
    return "The coordinator answered with status " + response.statusCode() + ".";
  }

  private static <T> T read(byte[] body, TypeReference<T> type) {
    try {
      return ProtocolJson.mapper().readValue(body, type);
    } catch (IOException cause) {
      throw new ClientFailure(
          Reason.FAILED,
          "The coordinator's answer cannot be read; it may be of another version: "
              + cause.getMessage(),
          cause);
    }
  }
}
