package dev.morphene.coordinator.node;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Outgoing;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.NodeCommand;
import dev.morphene.protocol.queue.QueueName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a node at once what it would hear with its next heartbeat anyway. */
public final class NodeCommands {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCommands.class);

  private final Broker broker;

  public NodeCommands(Broker broker) {
    this.broker = broker;
  }

  public void tell(WorkerId worker, NodeCommand command) {
    broker
        .publish(QueueName.commandsOf(worker), Outgoing.fleeting(ProtocolJson.write(command)))
        .exceptionally(
            failure -> {
              LOG.debug("Node {} will hear it with its heartbeat.", worker, failure);
              return null;
            });
  }
}
