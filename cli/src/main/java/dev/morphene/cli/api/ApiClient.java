package dev.morphene.cli.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.BatchView;
import dev.morphene.protocol.view.JobHistory;
import dev.morphene.protocol.view.JobView;
import dev.morphene.protocol.view.NodeView;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * The coordinator's HTTP API. Every refusal becomes a {@link CommandFailure} with the server's
 * sentence.
 */
public final class ApiClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final URI address;
  private final HttpClient http;

  /**
   * @param address of a coordinator, {@code http://127.0.0.1:8080} for instance
   */
  public ApiClient(URI address) {
    this.address = address;
    this.http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  }

  public URI address() {
    return address;
  }

  public SubmissionReply.Accepted submit(Submission submission) {
    return read(
        send(post("/api/v1/submissions", ProtocolJson.write(submission))),
        new TypeReference<SubmissionReply.Accepted>() {});
  }

  /** Sends a submission as its author typed it; the coordinator checks it. */
  public SubmissionReply.Accepted submit(byte[] json) {
    return read(
        send(post("/api/v1/submissions", json)), new TypeReference<SubmissionReply.Accepted>() {});
  }

  public BatchView batch(BatchId batch) {
    return read(send(get("/api/v1/batches/" + batch)), new TypeReference<BatchView>() {});
  }

  /**
   * @param state as the operator says it, or {@code null} for all
   */
  public List<JobView> jobs(String state) {
    return list(
        "/api/v1/jobs" + (state == null ? "" : "?state=" + state),
        "jobs",
        new TypeReference<List<JobView>>() {});
  }

  public JobView job(JobId job) {
    return read(send(get("/api/v1/jobs/" + job)), new TypeReference<JobView>() {});
  }

  public JobHistory history(JobId job) {
    return read(send(get("/api/v1/jobs/" + job)), new TypeReference<JobHistory>() {});
  }

  public List<NodeView> nodes() {
    return list("/api/v1/nodes", "nodes", new TypeReference<List<NodeView>>() {});
  }

  public JobView cancel(JobId job) {
    return read(
        send(post("/api/v1/jobs/" + job + "/cancel", new byte[0])),
        new TypeReference<JobView>() {});
  }

  public JobView retry(JobId job) {
    return read(
        send(post("/api/v1/jobs/" + job + "/retry", new byte[0])), new TypeReference<JobView>() {});
  }

  /** What the API answers, unread: for people who want its JSON. */
  public JsonNode tree(String path) {
    return read(send(get(path)), new TypeReference<JsonNode>() {});
  }

  private <T> T list(String path, String field, TypeReference<T> type) {
    return read(ProtocolJson.write(tree(path).path(field)), type);
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT).GET().build();
  }

  private HttpRequest post(String path, byte[] body) {
    return HttpRequest.newBuilder(address.resolve(path))
        .timeout(TIMEOUT)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private byte[] send(HttpRequest request) {
    HttpResponse<byte[]> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          "No coordinator answers at "
              + address
              + "; start one with ./morphene up, or name another with --coordinator.",
          cause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "Interrupted while waiting for " + address + ".");
    }
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    throw new CommandFailure(exitCode(response.statusCode()), sentence(response));
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 404 -> ExitCode.NOT_FOUND;
      case 400, 409, 413, 422 -> ExitCode.REFUSED;
      case 503 -> ExitCode.UNREACHABLE;
      default -> ExitCode.FAILED;
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
      throw new CommandFailure(
          ExitCode.FAILED,
          "The coordinator's answer cannot be read; it may be of another version: "
              + cause.getMessage(),
          cause);
    }
  }
}
