package dev.morphene.agent.work;

import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.NodeCommand;
import dev.morphene.protocol.queue.QueueName;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the node's own commands; what a command means is somebody else's. */
public final class CommandTaker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandTaker.class);

  private final WorkSource.Subscription subscription;

  /**
   * @param executor runs {@code obey}
   */
  public CommandTaker(
      WorkSource source, WorkerId worker, Executor executor, Consumer<NodeCommand> obey) {
    subscription =
        source.subscribe(
            QueueName.commandsOf(worker),
            1,
            0,
            delivery -> executor.execute(() -> handle(delivery, obey)));
    subscription.setTaking(true);
  }

  private static void handle(WorkSource.Delivery delivery, Consumer<NodeCommand> obey) {
    try {
      obey.accept(ProtocolJson.read(delivery.body(), NodeCommand.class));
      delivery.acknowledge();
    } catch (MalformedMessage malformed) {
      delivery.deadLetter(malformed.getMessage());
    } catch (RuntimeException fault) {
      LOG.error("A command failed; it is dead-lettered.", fault);
      delivery.deadLetter("It could not be obeyed: " + fault.getMessage());
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
