package dev.morphene.trials.bench;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.message.TelemetryBatch.GpuSample;
import dev.morphene.protocol.message.TelemetryBatch.MemorySample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * What a cluster measures: each node sends one message a second with a sample of each GPU and of
 * each running job.
 *
 * @param nodes 1 or more
 * @param gpus of each node, 1 or more
 * @param jobs running on each node, 0 or more
 * @param seconds how long, 1 or more
 */
record TelemetryLoad(int nodes, int gpus, int jobs, int seconds) {
  private static final ByteSize GPU_MEMORY = ByteSize.ofGb(80);

  TelemetryLoad {
    if (nodes < 1 || gpus < 1 || jobs < 0 || seconds < 1) {
      throw new IllegalArgumentException(
          "Nodes, GPUs and seconds are 1 or more, and jobs 0 or more.");
    }
  }

  /**
   * @param arguments {@code --nodes N --gpus N --jobs N --seconds N}; defaults 6250, 8, 0 and 30
   */
  static TelemetryLoad of(String... arguments) {
    int nodes = 6_250;
    int gpus = 8;
    int jobs = 0;
    int seconds = 30;
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      if (!value.matches("\\d{1,7}")) {
        throw new IllegalArgumentException(arguments[i] + " needs a number after it.");
      }
      int number = Integer.parseInt(value);
      switch (arguments[i]) {
        case "--nodes" -> nodes = number;
        case "--gpus" -> gpus = number;
        case "--jobs" -> jobs = number;
        case "--seconds" -> seconds = number;
        default ->
            throw new IllegalArgumentException(
                "There is --nodes, --gpus, --jobs and --seconds, but no " + arguments[i] + ".");
      }
    }
    return new TelemetryLoad(nodes, gpus, jobs, seconds);
  }

  int samplesPerMessage() {
    return gpus + jobs;
  }

  static String worker(int node) {
    return "node-" + node;
  }

  static String gpu(int node, int number) {
    return "GPU-" + new UUID(node, number);
  }

  /** Jobs are numbered from 1, one after the other, node by node. */
  long job(int node, int number) {
    return (long) node * jobs + number + 1;
  }

  /** What a node says in one second. */
  TelemetryBatch message(int node, SessionId session, long sequence, Instant at) {
    List<GpuSample> gpuSamples = new ArrayList<>(gpus);
    for (int number = 0; number < gpus; number++) {
      gpuSamples.add(
          new GpuSample(
              new GpuUuid(gpu(node, number)),
              at,
              GPU_MEMORY,
              Optional.of(ByteSize.ofGb(10 + (node + 7 * number + sequence) % 600 / 10.0)),
              OptionalInt.of((int) ((node + 31L * number + 13 * sequence) % 101))));
    }
    List<MemorySample> jobSamples = new ArrayList<>(jobs);
    for (int number = 0; number < jobs; number++) {
      jobSamples.add(
          new MemorySample(
              new AttemptId(new JobId(job(node, number)), new AttemptNumber(1)),
              new GpuUuid(gpu(node, number % gpus)),
              at,
              ByteSize.ofGb(4 + (node + 3 * number + sequence) % 200 / 10.0),
              OptionalInt.of(1)));
    }
    return new TelemetryBatch(
        TelemetryBatch.VERSION,
        new WorkerId(worker(node)),
        session,
        sequence,
        0,
        jobSamples,
        gpuSamples);
  }
}
