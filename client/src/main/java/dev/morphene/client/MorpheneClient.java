package dev.morphene.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;

/**
 * A coordinator's API, by what it is about. Every call waits for its answer, 20 s at most, and
 * throws {@link ClientFailure} with one sentence when there is none or it is a refusal. Thread
 * safe.
 *
 * <pre>{@code
 * MorpheneClient morphene = new MorpheneClient(URI.create("http://127.0.0.1:8080"));
 * MemoryView memory = morphene.queue().memoryStats(new JobId(2));
 * System.out.printf("Peak memory: %.1f GB%n", memory.peakGb());
 * }</pre>
 */
public final class MorpheneClient {
  private final Exchange exchange;

  /**
   * @param address of a coordinator, {@code http://127.0.0.1:8080} for instance
   */
  public MorpheneClient(URI address) {
    this.exchange = new Exchange(address);
  }

  public URI address() {
    return exchange.address();
  }

  public QueueClient queue() {
    return new QueueClient(exchange);
  }

  public BatchClient batches() {
    return new BatchClient(exchange);
  }

  public SourceClient sources() {
    return new SourceClient(exchange);
  }

  public NodeClient nodes() {
    return new NodeClient(exchange);
  }

  /** What the API answers, unread: for people who want its JSON. */
  public JsonNode tree(String path) {
    return exchange.tree(path);
  }
}
