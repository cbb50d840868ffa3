package dev.morphene.trials.bench;

import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.trials.servers.TrialServers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures how many jobs a second go from submission to a claimed and completed attempt, and how
 * long it takes at a modest rate, with trainers that do nothing, on a broker and a database of its
 * own. In the same run, on the same servers: what the broker confirms, and db-scheduler.
 */
public final class DispatchBench {
  private static final int WARM_UP_JOBS = 6_000;
  private static final int JOBS_A_SUBMISSION = 100;
  private static final int LIMIT_MESSAGES = 50_000;
  private static final String HEAP = "512m";
  private static final Duration RIVAL_POLL = Duration.ofMillis(20);

  private final BenchOptions options;
  private final Path folder;
  private final PrintStream out;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Map<Long, String> names = new HashMap<>();

  private DispatchBench(BenchOptions options, Path folder, PrintStream out) {
    this.options = options;
    this.folder = folder;
    this.out = out;
  }

  /** Options: {@link BenchOptions}. */
  public static void main(String[] arguments) throws Exception {
    BenchOptions options;
    try {
      options = BenchOptions.parse(arguments);
    } catch (IllegalArgumentException problem) {
      System.err.println(problem.getMessage());
      System.exit(2);
      return;
    }
    run(options, System.out);
    System.exit(0);
  }

  /** Prints the table. */
  static void run(BenchOptions options, PrintStream out) throws Exception {
    Path folder = Files.createTempDirectory("dispatch-bench");
    new DispatchBench(options, folder, out).run();
  }

  private record Run(Map<String, Long> sentMillis, List<DispatchRecord.JobTimes> times) {}

  private void run() throws Exception {
    try (TrialServers servers = TrialServers.start(folder)) {
      String jdbcUri = jdbc(servers.database().uri());
      double confirms =
          options.rivals() > 0 ? RabbitLimit.measure(servers.broker().uri(), LIMIT_MESSAGES) : 0;
      Path starts = folder.resolve("starts");
      Run sustained;
      Run modest;
      try {
        JobSubmitter submitter = startCluster(servers, starts);
        submit(submitter, jdbcUri, "warm-up", WARM_UP_JOBS, JOBS_A_SUBMISSION, 0);
        sustained = submit(submitter, jdbcUri, "full", options.jobs(), JOBS_A_SUBMISSION, 0);
        modest =
            submit(
                submitter,
                jdbcUri,
                "modest",
                options.rate() * options.seconds(),
                1,
                options.rate());
      } finally {
        while (!started.isEmpty()) {
          BenchProcess.close(started.pop());
        }
      }
      print(confirms, sustained, modest, read(starts));
      if (options.rivals() > 0) {
        rival(jdbcUri, DispatchRecord.sustained(sustained.times()));
      }
    }
  }

  private JobSubmitter startCluster(TrialServers servers, Path starts) {
    for (int number = 1; number <= options.coordinators(); number++) {
      launch(
          "coordinators",
          BenchCoordinator.class,
          folder.resolve("coordinator-" + number + ".log"),
          List.of(servers.database().uri(), servers.broker().uri()));
    }
    launch(
        "agents",
        BenchAgents.class,
        folder.resolve("agents.log"),
        List.of(
            servers.broker().uri(),
            Integer.toString(options.agents()),
            Integer.toString(options.slots()),
            starts.toString()));
    Broker broker = Broker.connect(BrokerConfig.of(servers.broker().uri()), "submitter");
    started.push(broker);
    broker.ready().join();
    return new JobSubmitter(broker, InstantSource.system());
  }

  private void launch(String name, Class<?> main, Path log, List<String> arguments) {
    BenchProcess process = BenchProcess.start(main, HEAP, log, arguments);
    started.push(process);
    names.put(process.processId(), name);
  }

  private Run submit(
      JobSubmitter submitter, String jdbcUri, String run, int jobs, int together, int rate)
      throws Exception {
    ProcessorTimes before = ProcessorTimes.now(names);
    HostLoad hostBefore = HostLoad.now();
    long startNanos = System.nanoTime();
    Map<String, Long> sentMillis = submitter.send(run, jobs, together, rate);
    DispatchRecord record = new DispatchRecord(jdbcUri, run);
    record.awaitCompleted(jobs);
    Duration wall = Duration.ofNanos(System.nanoTime() - startNanos);
    out.printf(
        Locale.ROOT,
        "%s: %,d jobs in %.1f s; processors busy: %s; with everybody on this machine %s of %d%n",
        run,
        jobs,
        wall.toMillis() / 1e3,
        ProcessorTimes.now(names).since(before, wall),
        HostLoad.now().since(hostBefore, wall),
        Runtime.getRuntime().availableProcessors());
    return new Run(sentMillis, record.read());
  }

  private static Map<Long, Long> read(Path starts) throws IOException {
    Map<Long, Long> startedMillis = new HashMap<>();
    for (String line : Files.readAllLines(starts)) {
      String[] words = line.split(" ");
      startedMillis.put(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }
    return startedMillis;
  }

  private void print(double confirms, Run sustained, Run modest, Map<Long, Long> startedMillis) {
    double rate = DispatchRecord.sustained(sustained.times());
    row("what", "figure", "of Morphene's");
    row("---", "---", "---");
    row("Morphene, submitted to claimed, completions included", perSecond(rate), "1.0");
    row(
        "the same from the first submission to the last completion",
        perSecond(DispatchRecord.overall(sustained.times())),
        ratio(DispatchRecord.overall(sustained.times()), rate));
    row(
        "Morphene at " + options.rate() + " jobs/s, accepted to claimed (Postgres' clock)",
        DispatchRecord.toClaimed(modest.times()).toString(),
        "");
    row(
        "the same, sent to child started (clients' clocks)",
        DispatchRecord.toStarted(modest.times(), modest.sentMillis(), startedMillis).toString(),
        "");
    if (confirms > 0) {
      row(
          "RabbitMQ, publish with confirm, quorum queue",
          perSecond(confirms),
          ratio(confirms, rate));
    }
  }

  private void rival(String jdbcUri, double rate) throws Exception {
    try (DbSchedulerRival rival = new DbSchedulerRival(jdbcUri, RIVAL_POLL)) {
      rival.run("warm-up", WARM_UP_JOBS, 0);
      double tasks = rival.run("full", options.jobs(), 0).tasksPerSecond();
      row("db-scheduler, executed", perSecond(tasks), ratio(tasks, rate));
      row(
          "db-scheduler at " + options.rate() + " tasks/s, scheduled to executed",
          rival
              .run("modest", options.rate() * options.seconds(), options.rate())
              .toExecuted()
              .toString(),
          "");
    }
  }

  private void row(String what, String figure, String ratio) {
    out.println("| " + what + " | " + figure + " | " + ratio + " |");
  }

  private static String perSecond(double rate) {
    return String.format(Locale.ROOT, "%,.0f/s", rate);
  }

  private static String ratio(double rate, double ours) {
    return String.format(Locale.ROOT, "%.2f", rate / ours);
  }

  /** The driver wants another spelling. */
  private static String jdbc(String uri) {
    String user = uri.substring(uri.indexOf("//") + 2, uri.indexOf('@'));
    return "jdbc:postgresql://" + uri.substring(uri.indexOf('@') + 1) + "?user=" + user;
  }
}
