package dev.morphene.protocol.view;

import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.json.Required;
import java.time.Instant;
import java.util.List;

/** A batch with all its jobs, in order of id. */
public record BatchView(BatchId batch, String name, Instant createdAt, List<JobView> jobs) {
  public BatchView {
    jobs = Required.listOrEmpty(jobs);
  }

  /** Whether nothing will change any more. */
  public boolean isEnded() {
    return jobs.stream().allMatch(job -> job.state().isEnd());
  }
}
