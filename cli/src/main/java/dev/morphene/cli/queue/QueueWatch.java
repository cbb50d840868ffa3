package dev.morphene.cli.queue;

import dev.morphene.cli.progress.JobLine;
import dev.morphene.cli.progress.Terminal;
import dev.morphene.client.ClientFailure;
import dev.morphene.client.QueueClient;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.view.JobView;
import dev.morphene.protocol.view.QueueView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Follows the whole queue: jobs that have not ended in a block that is redrawn, and a line that
 * stays for each that ended. Where lines cannot be redrawn, a line for each change.
 */
final class QueueWatch {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration PLAIN_LINE_EVERY = Duration.ofSeconds(10);
  private static final Duration STANDSTILL = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A taller block could not be redrawn on a small terminal. */
  private static final int LINES_AT_MOST = 16;

  /** What runs stands before what waits. */
  private static final Comparator<JobView> ORDER =
      Comparator.comparing((JobView job) -> job.state() == JobState.PENDING)
          .thenComparing(JobView::id);

  private final QueueClient queue;
  private final Terminal terminal;
  private final LongSupplier nanoTicker;
  private final Map<JobId, JobState> known = new HashMap<>();
  private boolean anyFailed;
  private long pausedJobs;
  private long lastPlainNanos;
  private long lastMotionNanos;
  private String lastReasons = "";

  QueueWatch(QueueClient queue, Terminal terminal, LongSupplier nanoTicker) {
    this.queue = queue;
    this.terminal = terminal;
    this.nanoTicker = nanoTicker;
    this.lastMotionNanos = nanoTicker.getAsLong();
    this.lastPlainNanos = lastMotionNanos - PLAIN_LINE_EVERY.toNanos();
  }

  /**
   * Returns when nothing waits or runs any more but paused jobs, which an operator keeps back; with
   * {@code stay} never.
   *
   * @return whether a job failed meanwhile
   */
  boolean untilDone(boolean stay) throws InterruptedException {
    long failedBefore = queue.standing().count(JobState.FAILED.word());
    long lastAnswerNanos = nanoTicker.getAsLong();
    while (true) {
      try {
        QueueView standing = look();
        lastAnswerNanos = nanoTicker.getAsLong();
        if (!stay && pausedJobs == known.size() && QueueReport.left(standing) == pausedJobs) {
          terminal.show(List.of());
          return anyFailed || standing.count(JobState.FAILED.word()) > failedBefore;
        }
      } catch (ClientFailure failure) {
        if (failure.reason() != ClientFailure.Reason.UNREACHABLE
            || nanoTicker.getAsLong() - lastAnswerNanos > PATIENCE.toNanos()) {
          throw failure;
        }
        terminal.show(List.of("The coordinator does not answer; asking again."));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
    }
  }

  /** How many jobs an operator keeps back, at the last look. */
  long pausedJobs() {
    return pausedJobs;
  }

  /** Shows what has changed since the last look. */
  QueueView look() {
    Map<JobId, JobView> live = live();
    for (JobId gone : List.copyOf(known.keySet())) {
      if (!live.containsKey(gone)) {
        JobView job = queue.job(gone);
        if (job.state().isEnd()) {
          ended(job);
        } else {
          // It changed its state between two of the questions.
          live.put(gone, job);
        }
      }
    }
    QueueView standing = queue.standing();
    List<JobView> jobs = live.values().stream().sorted(ORDER).toList();
    show(jobs, standing);
    live.values().forEach(job -> known.put(job.id(), job.state()));
    pausedJobs = jobs.stream().filter(JobView::paused).count();
    explainStandstill(jobs.stream().filter(job -> !job.paused()).toList());
    return standing;
  }

  private Map<JobId, JobView> live() {
    Map<JobId, JobView> live = new HashMap<>();
    // In the order of a job's life, so that one that moves on is seen once or twice, not never.
    for (JobState state : List.of(JobState.PENDING, JobState.RETRYING, JobState.RUNNING)) {
      queue.jobs(Optional.of(state.word())).forEach(job -> live.put(job.id(), job));
    }
    return live;
  }

  private void ended(JobView job) {
    known.remove(job.id());
    anyFailed |= job.state() == JobState.FAILED;
    terminal.print(JobLine.of(job));
    lastMotionNanos = nanoTicker.getAsLong();
  }

  private void show(List<JobView> jobs, QueueView standing) {
    for (JobView job : jobs) {
      JobState before = known.get(job.id());
      boolean changed = before != job.state();
      if (changed
          && (job.state() == JobState.RETRYING
              || !terminal.isInteractive() && job.state() == JobState.RUNNING)) {
        terminal.print(JobLine.of(job));
      }
    }
    if (terminal.isInteractive()) {
      terminal.show(block(jobs, standing));
    } else if (nanoTicker.getAsLong() - lastPlainNanos >= PLAIN_LINE_EVERY.toNanos()) {
      lastPlainNanos = nanoTicker.getAsLong();
      jobs.stream()
          .filter(job -> job.state() == JobState.RUNNING && known.containsKey(job.id()))
          .forEach(job -> terminal.print(JobLine.of(job)));
    }
  }

  /** The first jobs, how many more there are, and the sum of all. */
  static List<String> block(List<JobView> jobs, QueueView standing) {
    List<String> lines = new ArrayList<>();
    jobs.stream().limit(LINES_AT_MOST).map(JobLine::of).forEach(lines::add);
    if (jobs.size() > LINES_AT_MOST) {
      lines.add("     and " + (jobs.size() - LINES_AT_MOST) + " more");
    }
    lines.add(
        QueueReport.jobs(standing)
            + "; GPUs "
            + standing.gpusBusy()
            + " of "
            + standing.gpus()
            + " busy"
            + (standing.paused() ? "; paused" : ""));
    return lines;
  }

  /** Nothing runs for a while although something waits: says why, once for each reason. */
  private void explainStandstill(List<JobView> jobs) {
    boolean moves = jobs.isEmpty() || jobs.get(0).state() != JobState.PENDING;
    if (moves) {
      lastMotionNanos = nanoTicker.getAsLong();
      lastReasons = "";
    } else if (nanoTicker.getAsLong() - lastMotionNanos > STANDSTILL.toNanos()) {
      lastMotionNanos = nanoTicker.getAsLong();
      JobId first = jobs.get(0).id();
      String reasons = String.join(" ", queue.why(first).reasons());
      if (!reasons.equals(lastReasons)) {
        lastReasons = reasons;
        terminal.print("Job " + first + " waits: " + reasons);
      }
    }
  }
}
