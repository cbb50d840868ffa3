package dev.morphene.trials.fault;

import dev.morphene.trials.history.TrainerLine;
import dev.morphene.trials.process.OwnProcess;
import dev.morphene.trials.servers.LoopbackPorts;
import dev.morphene.trials.servers.TrialServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** Servers, coordinators and agents of one trial, each a process of its own. */
final class TrialCluster implements AutoCloseable {
  /** Start-up matters more than speed: every process here is killed soon. */
  private static final List<String> CHEAP =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private final TrialServers servers;
  private final Path folder;
  private final HistoryFile history;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "member-restart"));
  private final List<Member> coordinators = new ArrayList<>();
  private final List<Member> agents = new ArrayList<>();
  private final List<String> httpUris = new ArrayList<>();

  private TrialCluster(TrialServers servers, Path folder) {
    this.servers = servers;
    this.folder = folder;
    this.history = new HistoryFile(folder.resolve("trainers.txt"));
  }

  /**
   * Starts everything; the coordinators may not answer yet when it returns.
   *
   * @param folder gets logs and the history; what an earlier trial left there is deleted
   * @param slots jobs that an agent runs side by side
   */
  static TrialCluster start(Path folder, int coordinators, int agents, int slots) {
    empty(folder);
    TrialCluster cluster = new TrialCluster(TrialServers.start(folder), folder.toAbsolutePath());
    try {
      for (int number = 1; number <= coordinators; number++) {
        cluster.addCoordinator("coordinator-" + number);
      }
      for (int number = 1; number <= agents; number++) {
        cluster.addAgent("agent-" + number, slots);
      }
      return cluster;
    } catch (RuntimeException failure) {
      cluster.close();
      throw failure;
    }
  }

  private static void empty(Path folder) {
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      Files.createDirectories(folder);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private void addCoordinator(String name) {
    int port = LoopbackPorts.free();
    httpUris.add("http://127.0.0.1:" + port);
    coordinators.add(
        member(
            name,
            List.of("-Xmx160m"),
            CoordinatorMain.class,
            List.of(servers.database().uri(), servers.broker().uri(), Integer.toString(port)),
            Map.of()));
  }

  private void addAgent(String name, int slots) {
    agents.add(
        member(
            name,
            List.of("-Xmx128m"),
            AgentMain.class,
            List.of(
                name,
                servers.broker().uri(),
                folder.resolve("work-" + name).toString(),
                Integer.toString(slots)),
            Map.of(
                HistoryFile.VARIABLE,
                history.path().toString(),
                ScriptedTrainer.AGENT_VARIABLE,
                name,
                // The only way to the flags of a child: its launcher's are production's.
                "JDK_JAVA_OPTIONS",
                String.join(" ", CHEAP))));
  }

  private Member member(
      String name,
      List<String> flags,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(CHEAP);
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    Member member =
        new Member(
            name,
            () -> OwnProcess.start(name, command, environment, folder.resolve(name + ".log")),
            timer);
    member.start();
    return member;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  TrialServers servers() {
    return servers;
  }

  List<Member> coordinators() {
    return List.copyOf(coordinators);
  }

  List<Member> agents() {
    return List.copyOf(agents);
  }

  /** Addresses of the coordinators. */
  List<String> httpUris() {
    return List.copyOf(httpUris);
  }

  HistoryFile history() {
    return history;
  }

  int unaskedEnds() {
    return Stream.concat(coordinators.stream(), agents.stream())
        .mapToInt(Member::unaskedEnds)
        .sum();
  }

  /** Ends every process of the trial, orphaned trainers included. */
  @Override
  public void close() {
    timer.shutdownNow();
    Stream.concat(agents.stream(), coordinators.stream()).forEach(Member::end);
    try {
      history.read().stream()
          .map(TrainerLine::processId)
          .distinct()
          .forEach(TrialCluster::killTrainer);
    } catch (IOException cause) {
      System.err.println("Trainers could not be looked for: " + cause.getMessage());
    }
    servers.close();
  }

  /** A number may have been given to another process since. */
  private static void killTrainer(long processId) {
    ProcessHandle.of(processId)
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains(ScriptedTrainer.class.getName()))
                    .isPresent())
        .ifPresent(ProcessHandle::destroyForcibly);
  }
}
