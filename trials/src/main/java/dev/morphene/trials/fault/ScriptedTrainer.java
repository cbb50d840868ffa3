package dev.morphene.trials.fault;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.rave.process.LeaseWatch;
import dev.morphene.trials.history.TrainerLine;
import dev.morphene.trials.history.TrainerLine.Word;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child process that speaks the engine's protocol and does no work: it proves by lines in the
 * history file that it is alive. Written with the JDK alone, because hundreds of them start.
 */
public final class ScriptedTrainer {
  /** Environment variable with the name of the node. */
  static final String AGENT_VARIABLE = "MORPHENE_TRIAL_AGENT";

  private static final Pattern FOLDER = Pattern.compile("job-(\\d+)-attempt-(\\d+)");
  private static final Pattern RENEWED = Pattern.compile("\"untilNanos\":(-?\\d+)");
  private static final long TICK_MILLIS = 100;
  private static final long RESUMED_MILLIS = 3_000;
  private static final int TICKS_PER_PROGRESS = 5;
  private static final int CRASH_EXIT_CODE = 1;
  private static final int STOPPED_EXIT_CODE = 10;

  private final LeaseWatch lease;
  private final TrainerScript script;
  private final AttemptId attempt;
  private final HistoryFile history = HistoryFile.ofEnvironment();
  private final String agent = System.getenv(AGENT_VARIABLE);
  private final long processId = ProcessHandle.current().pid();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private ScriptedTrainer(LeaseWatch lease, TrainerScript script, AttemptId attempt) {
    this.lease = lease;
    this.script = script;
    this.attempt = attempt;
  }

  public static void main(String[] arguments) throws Exception {
    LeaseWatch lease = LeaseWatch.start();
    Path request = Path.of(arguments[1]);
    Matcher folder = FOLDER.matcher(request.getParent().getFileName().toString());
    if (!folder.matches()) {
      throw new IllegalArgumentException("No attempt in the name of " + request + ".");
    }
    AttemptId attempt =
        new AttemptId(
            new JobId(Long.parseLong(folder.group(1))),
            new AttemptNumber(Integer.parseInt(folder.group(2))));
    int exitCode =
        new ScriptedTrainer(lease, TrainerScript.in(Files.readString(request)), attempt)
            .run(arguments[0]);
    Runtime.getRuntime().halt(exitCode);
  }

  private int run(String kind) throws Exception {
    write(Word.BEGIN);
    say(
        "{\"type\":\"hello\",\"kind\":\""
            + kind
            + "\",\"processId\":"
            + processId
            + ",\"device\":\"cpu\",\"recipe\":{\"config\":\"scripted\"}}");
    Thread reader = new Thread(this::obeyCommands, "scripted-commands");
    reader.setDaemon(true);
    reader.start();
    boolean fails = spendsAFailure();
    long millis = isResumed() ? RESUMED_MILLIS : script.millis();
    long ticks = Math.max(1, (fails ? millis / 2 : millis) / TICK_MILLIS);
    for (long tick = 1; tick <= ticks; tick++) {
      if (stopped.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        write(Word.STOP);
        say("{\"type\":\"stopped\",\"step\":" + tick + "}");
        return STOPPED_EXIT_CODE;
      }
      write(Word.TICK);
      if (tick % TICKS_PER_PROGRESS == 0) {
        say(
            "{\"type\":\"progress\",\"stage\":\"scripted\",\"step\":"
                + tick
                + ",\"totalSteps\":"
                + ticks
                + ",\"residentBytes\":1000000,\"measures\":{}}");
      }
    }
    if (fails) {
      write(Word.FAIL);
      say(
          "{\"type\":\"failed\",\"failureClass\":\"CRASH\",\"message\":\"It was told to"
              + " fail.\",\"evidence\":[\"scripted\"]}");
      return CRASH_EXIT_CODE;
    }
    write(Word.END);
    say("{\"type\":\"done\",\"result\":{\"scripted\":true}}");
    return 0;
  }

  /** A deaf job goes on where it was, as a training does from its newest checkpoint. */
  private boolean isResumed() {
    return script.deaf() && attempt.attempt().value() > 1;
  }

  /** Counted in files, since attempts of one job run in processes that may be killed. */
  private boolean spendsAFailure() throws IOException {
    for (int failure = 1; failure <= script.failures(); failure++) {
      try {
        Files.createFile(
            history.path().resolveSibling("job-" + attempt.job() + "-failure-" + failure));
        return true;
      } catch (FileAlreadyExistsException spent) {
        // An earlier attempt failed for this one.
      }
    }
    return false;
  }

  private void obeyCommands() {
    try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        Matcher renewed = RENEWED.matcher(line);
        if (renewed.find()) {
          lease.renewed(Long.parseLong(renewed.group(1)));
        } else if (line.contains("\"stop\"")) {
          stopUnlessDeaf();
        }
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    } finally {
      lease.inputEnded();
      stopUnlessDeaf();
    }
  }

  private void stopUnlessDeaf() {
    if (!script.deaf()) {
      stopped.countDown();
    }
  }

  private void write(Word word) throws IOException {
    history.append(new TrainerLine(System.nanoTime(), attempt, processId, agent, word));
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
