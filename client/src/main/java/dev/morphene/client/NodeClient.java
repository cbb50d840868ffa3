package dev.morphene.client;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.view.NodeView;
import java.util.List;
import java.util.Map;

/** The machines of the cluster. */
public final class NodeClient {
  private static final String NODES = "/api/v1/nodes";
  private static final TypeReference<Object> ANY = new TypeReference<>() {};

  private final Exchange exchange;

  NodeClient(Exchange exchange) {
    this.exchange = exchange;
  }

  public List<NodeView> list() {
    return exchange.list(NODES, "nodes", new TypeReference<>() {});
  }

  /** Asks a node to give its jobs back and leave. */
  public void drain(WorkerId worker) {
    exchange.post(of(worker) + "/drain", ANY);
  }

  /**
   * The node is given nothing new until it is released; what runs there goes on.
   *
   * @param reason for whoever looks at the node later
   */
  public void quarantine(WorkerId worker, String reason) {
    exchange.post(of(worker) + "/quarantine", Map.of("reason", reason), ANY);
  }

  public void release(WorkerId worker) {
    exchange.post(of(worker) + "/release", ANY);
  }

  private static String of(WorkerId worker) {
    return NODES + "/" + Exchange.escaped(worker);
  }
}
