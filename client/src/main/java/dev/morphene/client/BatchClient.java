package dev.morphene.client;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.view.BatchSummary;
import dev.morphene.protocol.view.BatchView;
import java.util.List;

/** Jobs that were submitted together. */
public final class BatchClient {
  private static final String BATCHES = "/api/v1/batches";

  private final Exchange exchange;

  BatchClient(Exchange exchange) {
    this.exchange = exchange;
  }

  /** The newest first, 1,000 at most. */
  public List<BatchSummary> list() {
    return exchange.list(BATCHES + "?limit=1000", "batches", new TypeReference<>() {});
  }

  public BatchView show(BatchId batch) {
    return exchange.get(BATCHES + "/" + batch, new TypeReference<>() {});
  }

  /** Cancels each of its jobs that has not ended. */
  public BatchView cancel(BatchId batch) {
    return exchange.post(BATCHES + "/" + batch + "/cancel", new TypeReference<>() {});
  }
}
