package dev.morphene.cli.progress;

import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.view.BatchView;
import dev.morphene.protocol.view.JobView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Follows a batch to its end, showing every job. */
public final class BatchWatch {
  private static final Duration POLL_PERIOD = Duration.ofMillis(500);
  private static final Duration PLAIN_LINE_PERIOD = Duration.ofSeconds(5);

  private final MorpheneClient api;
  private final Terminal terminal;
  private final LongSupplier nanoTicker;
  private final Map<JobId, JobState> lastState = new HashMap<>();
  private long lastPlainNanos;

  public BatchWatch(MorpheneClient api, Terminal terminal, LongSupplier nanoTicker) {
    this.api = api;
    this.terminal = terminal;
    this.nanoTicker = nanoTicker;
    this.lastPlainNanos = nanoTicker.getAsLong() - PLAIN_LINE_PERIOD.toNanos();
  }

  /** Returns the batch once every job of it has ended. */
  public BatchView untilEnded(BatchId batch) throws InterruptedException {
    while (true) {
      BatchView view = api.batches().show(batch);
      show(view);
      if (view.isEnded()) {
        terminal.show(List.of());
        return view;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_PERIOD.toMillis());
    }
  }

  private void show(BatchView view) {
    for (JobView job : view.jobs()) {
      JobState before = lastState.put(job.id(), job.state());
      if (before != job.state() && (job.state().isEnd() || job.state() == JobState.RETRYING)) {
        terminal.print(JobLine.of(job));
      }
    }
    List<String> live =
        view.jobs().stream().filter(job -> !job.state().isEnd()).map(JobLine::of).toList();
    if (terminal.isInteractive()) {
      terminal.show(live);
    } else if (nanoTicker.getAsLong() - lastPlainNanos >= PLAIN_LINE_PERIOD.toNanos()) {
      lastPlainNanos = nanoTicker.getAsLong();
      view.jobs().stream()
          .filter(job -> job.state() == JobState.RUNNING)
          .forEach(job -> terminal.print(JobLine.of(job)));
    }
  }
}
