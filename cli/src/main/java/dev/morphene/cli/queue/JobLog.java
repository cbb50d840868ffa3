package dev.morphene.cli.queue;

import dev.morphene.client.QueueClient;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.view.LogLine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What a job's attempts said, page after page. */
final class JobLog {
  private final QueueClient queue;
  private final JobId job;
  private long known;

  JobLog(QueueClient queue, JobId job) {
    this.queue = queue;
    this.job = job;
  }

  /** Everything that was said since the last call. */
  List<LogLine> next() {
    List<LogLine> lines = new ArrayList<>();
    List<LogLine> page = queue.log(job, known);
    while (!page.isEmpty()) {
      lines.addAll(page);
      known = page.get(page.size() - 1).id();
      page = queue.log(job, known);
    }
    return lines;
  }

  /** Prints what {@link #next} gives; says so where nothing was ever said. */
  void print(PrintStream out) {
    boolean first = known == 0;
    List<LogLine> lines = next();
    lines.forEach(line -> out.println(JobReport.logLine(line)));
    if (first && lines.isEmpty()) {
      out.println("Job " + job + " has said nothing yet.");
    }
  }
}
