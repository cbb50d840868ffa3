package dev.morphene.trials.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.trials.process.Patience;
import dev.morphene.trials.servers.TrialServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/**
 * {@code bench telemetry}: how many samples a second go from nodes through the broker and one
 * coordinator into Postgres, all on this machine. Ends with 1 when a sample that was sent is
 * neither stored nor shown as lost.
 */
public final class TelemetryBench {
  private static final int HEAP_MEGABYTES = 512;
  private static final long SECOND_MILLIS = 1_000;
  private static final int CATCH_UP_SECONDS = 120;

  private final TelemetryLoad load;
  private final TrialServers servers;
  private final CoordinatorProcess coordinator;

  private TelemetryBench(TelemetryLoad load, TrialServers servers, CoordinatorProcess coordinator) {
    this.load = load;
    this.servers = servers;
    this.coordinator = coordinator;
  }

  /** See {@link TelemetryLoad#of}. */
  public static void main(String[] arguments) throws Exception {
    TelemetryLoad load;
    try {
      load = TelemetryLoad.of(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    Path logs = Files.createTempDirectory("morphene-bench-");
    System.out.println("The servers' logs are in " + logs + ".");
    boolean allToldOf;
    try (TrialServers servers = TrialServers.start(logs);
        CoordinatorProcess coordinator = CoordinatorProcess.start(servers, HEAP_MEGABYTES, logs)) {
      allToldOf = new TelemetryBench(load, servers, coordinator).run();
    }
    System.exit(allToldOf ? 0 : 1);
  }

  private boolean run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%d nodes, %d GPUs and %d jobs each, %d s: %d messages and %d samples a second%n",
        load.nodes(),
        load.gpus(),
        load.jobs(),
        load.seconds(),
        load.nodes(),
        (long) load.nodes() * load.samplesPerMessage());
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(servers.broker().uri());
    try (TelemetryTables tables = new TelemetryTables(servers.database().uri());
        Connection connection = factory.newConnection("queue depth");
        Channel channel = connection.createChannel();
        TelemetrySender sender =
            new TelemetrySender(
                load, servers.broker().uri(), InstantSource.system(), System::nanoTime)) {
      tables.begin(load);
      System.out.println("second      sent    stored  in the queue (messages)");
      ProcessorTime before = ProcessorTime.now();
      long begun = System.nanoTime();
      sender.start();
      int second = 0;
      boolean sending = true;
      long countedBefore = -1;
      while (sending || second < load.seconds() + CATCH_UP_SECONDS) {
        if (sending) {
          sending = !sender.await(SECOND_MILLIS);
          if (!sending) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
            report(sender, elapsed, tables.samplesCounted(), before);
          }
        } else {
          Patience.pause(SECOND_MILLIS);
        }
        second++;
        long counted = tables.samplesCounted();
        long waiting = waiting(channel);
        System.out.printf(
            Locale.ROOT,
            "%6d %9d %9d %8d%n",
            second,
            sender.sent() * load.samplesPerMessage(),
            counted,
            waiting);
        if (!sending && waiting == 0 && counted == countedBefore) {
          break;
        }
        countedBefore = counted;
      }
      sender.awaitConfirms();
      System.out.println(
          "seconds of processor time for a million samples: "
              + ProcessorTime.now().since(before, sender.sent() * load.samplesPerMessage() / 1e6));
      return conclude(sender, tables);
    }
  }

  private void report(TelemetrySender sender, Duration elapsed, long stored, ProcessorTime before) {
    System.out.printf(
        Locale.ROOT,
        "while sending: %.1f s, sent %.0f samples/s, stored %.0f samples/s; cores busy: %s%n",
        elapsed.toMillis() / 1e3,
        sender.sent() * load.samplesPerMessage() * 1e3 / elapsed.toMillis(),
        stored * 1e3 / elapsed.toMillis(),
        ProcessorTime.now().since(before, elapsed.toMillis() / 1e3));
  }

  private static long waiting(Channel channel) throws IOException {
    return channel.messageCount(QueueName.TELEMETRY.value());
  }

  private boolean conclude(TelemetrySender sender, TelemetryTables tables) throws Exception {
    long sent = sender.sent() * load.samplesPerMessage();
    long stored = tables.samplesStored();
    long lostBatches =
        ProtocolJson.mapper()
            .readTree(coordinator.get("/health"))
            .at("/telemetry/batchesLost")
            .asLong(-1);
    long shown = lostBatches * load.samplesPerMessage();
    System.out.printf(
        Locale.ROOT,
        "sent %d samples in %d messages; the broker refused %d messages%n"
            + "stored %d rows (%d MB), samples counted for attempts %d, rows of minutes %d%n"
            + "lost: %d, shown as lost by the coordinator: %d%n",
        sent,
        sender.sent(),
        sender.refused(),
        stored,
        tables.megabytesStored(),
        tables.samplesOfAttempts(),
        tables.minuteRows(),
        sent - stored,
        shown);
    System.out.printf(
        Locale.ROOT,
        "coordinator's heap: at most %.0f MB of %d MB%n",
        coordinator.stop() / 1048576.0,
        HEAP_MEGABYTES);
    return sent - stored == shown;
  }
}
