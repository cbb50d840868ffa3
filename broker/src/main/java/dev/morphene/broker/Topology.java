package dev.morphene.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.queue.QueueName.Durability;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares the cluster's queues. On RabbitMQ those that must not lose anything are quorum queues;
 * the embedded broker has no such thing and gets plain durable ones. Limits and time-outs are not
 * arguments but policies (deploy/rabbitmq), because arguments can never be changed.
 */
final class Topology {
  private static final Logger LOG = LoggerFactory.getLogger(Topology.class);
  private static final int COMMAND_QUEUE_IDLE_MILLIS = 86_400_000;

  private final Connection connection;
  private final BrokerConfig config;
  private final boolean rabbit;

  Topology(Connection connection, BrokerConfig config) {
    this.connection = connection;
    this.config = config;
    this.rabbit =
        String.valueOf(connection.getServerProperties().get("product")).startsWith("RabbitMQ");
  }

  void declareAll() throws IOException, TimeoutException {
    Channel channel = connection.createChannel();
    for (QueueName queue : QueueName.all()) {
      if (!declared(channel, queue)) {
        channel = connection.createChannel();
        channel.queueDeclarePassive(config.nameOf(queue));
        LOG.warn(
            "The queue {} exists with another type than this version gives it and is used as it"
                + " is; delete it while it is empty and nothing runs to have it replicated.",
            queue);
      }
    }
    channel.close();
  }

  /** One queue, on a channel that a refusal may close. */
  void declare(QueueName queue) throws IOException {
    Channel channel = connection.createChannel();
    try {
      channel.queueDeclare(config.nameOf(queue), true, false, false, arguments(queue));
    } finally {
      channel.abort();
    }
  }

  private boolean declared(Channel channel, QueueName queue) throws IOException {
    try {
      channel.queueDeclare(config.nameOf(queue), true, false, false, arguments(queue));
      return true;
    } catch (IOException refused) {
      if (refused.getCause() instanceof ShutdownSignalException signal
          && signal.getReason() instanceof AMQP.Channel.Close close
          && close.getReplyCode() == AMQP.PRECONDITION_FAILED) {
        return false;
      }
      throw refused;
    }
  }

  private Map<String, Object> arguments(QueueName queue) {
    Map<String, Object> arguments = new HashMap<>();
    if (!rabbit) {
      return arguments;
    }
    if (queue.durability() == Durability.REPLICATED) {
      arguments.put("x-queue-type", "quorum");
    } else if (queue.isCommandQueue()) {
      // A node that does not come back must not leave a queue behind for ever.
      arguments.put("x-expires", COMMAND_QUEUE_IDLE_MILLIS);
    }
    return arguments;
  }
}
