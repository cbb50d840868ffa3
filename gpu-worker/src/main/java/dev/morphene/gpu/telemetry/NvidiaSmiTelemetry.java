package dev.morphene.gpu.telemetry;

import dev.morphene.gpu.command.CommandEnd;
import dev.morphene.gpu.command.ShortCommand;
import dev.morphene.gpu.nvml.NvmlCode;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * GPUs as NVIDIA's command line tool prints them: the fallback where the library cannot be loaded.
 * Its text is not promised to be stable between versions, and each read starts a process.
 */
public final class NvidiaSmiTelemetry implements GpuTelemetry {
  /** Looked up on the {@code PATH}. */
  public static final String COMMAND = "nvidia-smi";

  /** Long for a healthy machine; with a lost GPU the tool is known to hang. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final List<String> FIELDS =
      List.of(
          "index",
          "uuid",
          "name",
          "driver_version",
          "memory.total",
          "memory.reserved",
          "memory.free",
          "utilization.gpu",
          "mig.mode.current");

  /** What the oldest tools know; one unknown field makes them refuse the whole question. */
  private static final List<String> OLD_FIELDS =
      List.of(
          "index",
          "uuid",
          "name",
          "driver_version",
          "memory.total",
          "memory.free",
          "utilization.gpu");

  private final String command;
  private final Duration timeout;
  private final PidMatching pids;
  private final InstantSource clock;
  private final KnownGpus known = new KnownGpus();
  private List<String> fields = FIELDS;
  private Set<GpuUuid> listed = Set.of();
  private volatile Optional<String> driverVersion = Optional.empty();

  private NvidiaSmiTelemetry(
      String command, Duration timeout, PidMatching pids, InstantSource clock) {
    this.command = command;
    this.timeout = timeout;
    this.pids = pids;
    this.clock = clock;
  }

  /**
   * Asks the tool once.
   *
   * @param command a name on the {@code PATH} or a path
   * @param timeout after which the tool is killed
   */
  public static TelemetryOpening open(
      String command, Duration timeout, PidMatching pids, InstantSource clock) {
    NvidiaSmiTelemetry telemetry = new NvidiaSmiTelemetry(command, timeout, pids, clock);
    CommandEnd end = telemetry.ask();
    telemetry.readings(end, clock.instant());
    if (telemetry.known.isEmpty()) {
      return new TelemetryOpening.Unavailable(telemetry.problem(end));
    }
    return new TelemetryOpening.Opened(telemetry);
  }

  @Override
  public synchronized List<GpuReading> read() {
    Instant now = clock.instant();
    return readings(ask(), now);
  }

  @Override
  public synchronized Map<GpuUuid, ProcessMemory> processes() {
    if (!pids.isPossible()) {
      return forAll(ProcessMemory.none(pids.words()));
    }
    CommandEnd end =
        ShortCommand.run(
            List.of(
                command,
                "--query-compute-apps=gpu_uuid,pid,used_gpu_memory",
                "--format=csv,noheader,nounits"),
            Map.of(),
            timeout);
    if (!(end instanceof CommandEnd.Exited exited && exited.exitCode() == 0)) {
      return forAll(ProcessMemory.none(problem(end)));
    }
    Map<GpuUuid, Map<Long, ByteSize>> used = new LinkedHashMap<>();
    listed.forEach(gpu -> used.put(gpu, new HashMap<>()));
    exited.output().lines().forEach(line -> addProcess(line, used));
    Map<GpuUuid, ProcessMemory> all = new HashMap<>();
    used.forEach((gpu, byPid) -> all.put(gpu, new ProcessMemory(byPid, pids.words())));
    return Map.copyOf(all);
  }

  @Override
  public String source() {
    return command + driverVersion.map(version -> " (driver " + version + ")").orElse("");
  }

  @Override
  public Optional<String> driverVersion() {
    return driverVersion;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void close() {}

  private CommandEnd ask() {
    CommandEnd end = ask(fields);
    if (fields.equals(FIELDS)
        && end instanceof CommandEnd.Exited exited
        && (exited.output() + exited.errors()).contains("not a valid field")) {
      fields = OLD_FIELDS;
      return ask(fields);
    }
    return end;
  }

  private CommandEnd ask(List<String> asked) {
    return ShortCommand.run(
        List.of(command, "--query-gpu=" + String.join(",", asked), "--format=csv,noheader,nounits"),
        Map.of(),
        timeout);
  }

  private List<GpuReading> readings(CommandEnd end, Instant now) {
    List<GpuReading> readings = new ArrayList<>();
    Set<GpuUuid> seen = new HashSet<>();
    if (end instanceof CommandEnd.Exited exited) {
      for (String line : exited.output().lines().toList()) {
        NvidiaSmiRow.parse(line, fields)
            .filter(row -> seen.add(row.gpu()))
            .ifPresent(
                row -> {
                  known.remember(row.gpu(), row.model());
                  driverVersion = row.driverVersion();
                  readings.add(row.reading(now));
                });
      }
    }
    listed = Set.copyOf(seen);
    readings.addAll(known.unreadableBut(seen, problem(end) + ".", healthOfMissing(end, seen), now));
    return List.copyOf(readings);
  }

  /** The tool does not say which GPU is lost: one that others are listed beside is. */
  private static GpuReading.Health healthOfMissing(CommandEnd end, Set<GpuUuid> seen) {
    return end instanceof CommandEnd.Exited && !seen.isEmpty()
        ? GpuReading.Health.LOST
        : GpuReading.Health.DEGRADED;
  }

  private String problem(CommandEnd end) {
    if (end instanceof CommandEnd.NotStarted notStarted) {
      return command + " could not be started: " + notStarted.reason();
    }
    if (end instanceof CommandEnd.TimedOut timedOut) {
      return command + " did not end within " + timedOut.after().toMillis() + " ms";
    }
    if (end instanceof CommandEnd.Interrupted) {
      return command + " was interrupted";
    }
    CommandEnd.Exited exited = (CommandEnd.Exited) end;
    if (exited.exitCode() == 0) {
      return command + " does not list it";
    }
    String said =
        (exited.errors() + "\n" + exited.output())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .findFirst()
            .orElseGet(() -> meaning(exited.exitCode()));
    return command + " ended with code " + exited.exitCode() + ": " + said;
  }

  /** Its exit codes are those of the library where that has one. */
  private static String meaning(int exitCode) {
    return NvmlCode.of(exitCode).number() == exitCode
        ? NvmlCode.of(exitCode).meaning()
        : "without a word";
  }

  private Map<GpuUuid, ProcessMemory> forAll(ProcessMemory memory) {
    Map<GpuUuid, ProcessMemory> all = new HashMap<>();
    listed.forEach(gpu -> all.put(gpu, memory));
    return Map.copyOf(all);
  }

  private void addProcess(String line, Map<GpuUuid, Map<Long, ByteSize>> used) {
    String[] columns = line.split(",", -1);
    if (columns.length != 3 || !columns[1].strip().matches("[0-9]{1,10}")) {
      return;
    }
    OptionalLong pid = pids.own(Long.parseLong(columns[1].strip()));
    Optional<ByteSize> bytes =
        NvidiaSmiRow.bytes(columns[2].strip()).filter(size -> size.bytes() > 0);
    used.forEach(
        (gpu, byPid) -> {
          if (gpu.value().equals(columns[0].strip()) && pid.isPresent()) {
            bytes.ifPresent(size -> byPid.put(pid.getAsLong(), size));
          }
        });
  }
}
