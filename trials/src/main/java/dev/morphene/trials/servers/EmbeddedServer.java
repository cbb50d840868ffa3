package dev.morphene.trials.servers;

import dev.morphene.embedded.EmbeddedBroker;
import dev.morphene.embedded.EmbeddedPostgres;
import java.util.function.Function;

/**
 * An embedded server in a trial's own process. It cannot be killed there: the hardest that it can
 * suffer is a stop.
 */
final class EmbeddedServer<S extends AutoCloseable> implements TrialServer {
  private final TemporaryFolder data;
  private final Function<TemporaryFolder, S> start;
  private final Function<S, String> address;
  private S running;
  private String uri;

  private EmbeddedServer(
      String name, Function<TemporaryFolder, S> start, Function<S, String> address) {
    this.data = TemporaryFolder.of(name);
    this.start = start;
    this.address = address;
    restart();
  }

  static TrialServer broker() {
    int port = LoopbackPorts.free();
    return new EmbeddedServer<>(
        "broker", data -> EmbeddedBroker.start(data.path(), port), EmbeddedBroker::amqpUri);
  }

  static TrialServer postgres() {
    int port = LoopbackPorts.free();
    return new EmbeddedServer<>(
        "postgres",
        data -> EmbeddedPostgres.start(data.path(), port),
        EmbeddedPostgres::postgresUri);
  }

  @Override
  public synchronized String uri() {
    return uri;
  }

  @Override
  public synchronized void kill9() {
    if (running == null) {
      return;
    }
    try {
      running.close();
    } catch (Exception cause) {
      throw new IllegalStateException("An embedded server could not be stopped.", cause);
    } finally {
      running = null;
    }
  }

  @Override
  public synchronized void restart() {
    kill9();
    running = start.apply(data);
    uri = address.apply(running);
  }

  @Override
  public void close() {
    kill9();
    data.delete();
  }
}
