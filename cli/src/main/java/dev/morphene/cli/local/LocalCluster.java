package dev.morphene.cli.local;

import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.audit.AuditWorker;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.gpu.GpuWorker;
import dev.morphene.protocol.job.WorkerId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole cluster in this process: database and broker (embedded, unless the settings name real
 * ones), one coordinator, one training node and one audit node. The code path is a cluster's; only
 * the addresses differ.
 */
public final class LocalCluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final DataFolder data;
  private final int cores;
  private URI address;
  private boolean addressWritten;
  private boolean closed;

  private LocalCluster(DataFolder data, int cores) {
    this.data = data;
    this.cores = cores;
  }

  /** Starts everything; when one part cannot start, the others are closed again. */
  public static LocalCluster start(DataFolder data, ClusterSettings settings) {
    return start(data, settings, Runtime.getRuntime().availableProcessors());
  }

  /**
   * As above.
   *
   * @param cores that each job computes on, 1 or more
   */
  static LocalCluster start(DataFolder data, ClusterSettings settings, int cores) {
    LocalCluster cluster = new LocalCluster(data, cores);
    // Told to end in the middle of the start, the process must not leave a database behind.
    Shutdown whileStarting = Shutdown.of(cluster, "Stopping.");
    try {
      cluster.startParts(settings);
      return cluster;
    } catch (RuntimeException cause) {
      cluster.close();
      throw cause;
    } finally {
      whileStarting.release();
    }
  }

  private synchronized void startParts(ClusterSettings settings) {
    LocalServers servers =
        own(
            LocalServers.startWhenFree(data, settings, System.err, System::nanoTime)
                .orElseThrow(
                    () ->
                        new CommandFailure(
                            ExitCode.FAILED,
                            "The data folder "
                                + data.root()
                                + " is in use by another process; stop that one, or choose another"
                                + " folder with --data.")));
    String amqpUri = servers.amqpUri();
    address =
        URI.create(
            own(StartedCoordinator.start(settings, servers.postgresUri(), amqpUri)).httpUri());
    writeAddress();
    HostMemory memory = new HostMemory();
    Broker nodes = own(Broker.connect(BrokerConfig.of(amqpUri), "local-nodes"));
    BrokerCoordinatorPort port = new BrokerCoordinatorPort(nodes);
    BrokerWorkSource work = new BrokerWorkSource(nodes);
    ChildLauncher launcher =
        new ChildLauncher(ChildLauncher.Settings.likeThisJvm(data.work(), cores));
    own(
        AuditWorker.start(
            NodeAgentConfig.withDefaults(new WorkerId("local-audit"), "localhost"),
            1,
            port,
            work,
            launcher,
            memory));
    own(
        GpuWorker.start(
            NodeAgentConfig.withDefaults(new WorkerId("local-gpu"), "localhost"),
            GpuWorker.processors(memory, cores),
            port,
            work,
            launcher,
            memory));
  }

  /** Where the coordinator's API and page are. */
  public URI address() {
    return address;
  }

  private <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  private void writeAddress() {
    try {
      Files.writeString(data.addressFile(), address.toString(), StandardCharsets.UTF_8);
      addressWritten = true;
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The data folder " + data.root() + " cannot be written: " + cause.getMessage() + ".",
          cause);
    }
  }

  /**
   * Stops in reverse order of start: running jobs are given back first. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception cause) {
        LOG.error("{} did not close cleanly.", part.getClass().getSimpleName(), cause);
      }
    }
    try {
      if (addressWritten) {
        Files.deleteIfExists(data.addressFile());
      }
    } catch (IOException cause) {
      LOG.warn("The address file stays behind.", cause);
    }
  }
}
