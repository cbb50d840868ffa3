package dev.morphene.cli.queue;

import dev.morphene.cli.output.WallTime;
import dev.morphene.protocol.view.QueueView;
import java.util.List;
import java.util.stream.Collectors;

/** The queue in a glance, as text for people. */
final class QueueReport {
  private QueueReport() {}

  static List<String> lines(QueueView queue) {
    return List.of(
        "queue       " + (queue.paused() ? "paused: nothing new is started" : "open"),
        "jobs        " + jobs(queue),
        "nodes       " + queue.nodes() + " alive",
        "GPUs        " + queue.gpusBusy() + " of " + queue.gpus() + " busy",
        "all done    " + end(queue));
  }

  /** {@code 2 running, 5 pending}; states without jobs are left out. */
  static String jobs(QueueView queue) {
    String counts =
        ShownState.WORDS.stream()
            .filter(word -> queue.count(word) > 0)
            .map(word -> queue.count(word) + " " + word)
            .collect(Collectors.joining(", "));
    return counts.isEmpty() ? "none" : counts;
  }

  /** Jobs that have not ended. */
  static long left(QueueView queue) {
    return queue.count("pending") + queue.count("running") + queue.count("retrying");
  }

  private static String end(QueueView queue) {
    if (left(queue) == 0) {
      return "now";
    }
    return queue
        .predictedEnd()
        .map(end -> "by " + WallTime.minute(end))
        .orElse("cannot be told yet");
  }
}
