package dev.morphene.gpu.fence;

import dev.morphene.gpu.preflight.PreflightResult;
import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which GPUs may be used, so that a bad one does not eat job after job. A GPU is fenced when its
 * preflight fails, when it is lost, when it cannot be read a few times in a row, or when attempt
 * after attempt is lost to it; a preflight that passes frees it. One that is fenced again before it
 * completed a job waits longer than before. Time only comes in as a parameter. Thread safe.
 */
public final class GpuFences {
  private final FencePolicy policy;
  private final Map<GpuUuid, State> states = new HashMap<>();

  private static final class State {
    private int unreadable;
    private int losses;
    private int strikes;
    private Optional<Fence> fence = Optional.empty();
  }

  public GpuFences(FencePolicy policy) {
    this.policy = policy;
  }

  /** A GPU that has yet to pass its first preflight, which is due at once. */
  public synchronized void expectPreflight(GpuUuid gpu, Instant now) {
    State state = state(gpu);
    if (state.fence.isEmpty()) {
      state.fence = Optional.of(new Fence(gpu, "Its first preflight is yet to come.", now, now, 0));
    }
  }

  /** Takes what telemetry says of the GPUs; a GPU that is not mentioned stays as it is. */
  public synchronized void observe(List<GpuReading> readings, Instant now) {
    for (GpuReading reading : readings) {
      State state = state(reading.gpu());
      if (reading instanceof GpuReading.Unreadable unreadable) {
        state.unreadable++;
        if (unreadable.health() == GpuReading.Health.LOST) {
          fence(reading.gpu(), state, unreadable.reason(), now);
        } else if (state.unreadable >= policy.unreadableInARow()) {
          fence(
              reading.gpu(),
              state,
              "It could not be read "
                  + state.unreadable
                  + " times in a row: "
                  + unreadable.reason(),
              now);
        }
      } else {
        state.unreadable = 0;
      }
    }
  }

  /** An attempt that completed proves the GPU, and forgives what was before. */
  public synchronized void attemptCompleted(GpuUuid gpu) {
    State state = state(gpu);
    state.losses = 0;
    if (state.fence.isEmpty()) {
      state.strikes = 0;
    }
  }

  /** An attempt that failed; counts only where the GPU or its host is to blame. */
  public synchronized void attemptFailed(GpuUuid gpu, ErrorClass errorClass, Instant now) {
    if (!blames(errorClass)) {
      return;
    }
    State state = state(gpu);
    state.losses++;
    if (state.losses >= policy.lossesInARow()) {
      fence(gpu, state, "It lost " + state.losses + " attempts in a row.", now);
    }
  }

  /** What a preflight found: frees the GPU, or fences it for longer. */
  public synchronized void preflight(GpuUuid gpu, PreflightResult result, Instant now) {
    State state = state(gpu);
    if (result instanceof PreflightResult.Failed failed) {
      Instant since = state.fence.map(Fence::since).orElse(now);
      strike(gpu, state, failed.reason(), since, now);
      return;
    }
    // Its strikes stay until a job completes: a GPU that passes its preflight and then loses its
    // next job must not be back every half minute.
    state.fence = Optional.empty();
    state.unreadable = 0;
    state.losses = 0;
  }

  /** Whether jobs may start there; a GPU that was never mentioned may be used. */
  public synchronized boolean usable(GpuUuid gpu) {
    State state = states.get(gpu);
    return state == null || state.fence.isEmpty();
  }

  /** GPUs whose probe is due, the longest overdue first; each stays due until it is answered. */
  public synchronized List<GpuUuid> due(Instant now) {
    return fenced().stream()
        .filter(fence -> !fence.nextProbe().isAfter(now))
        .map(Fence::gpu)
        .toList();
  }

  /** All fenced GPUs, the next to be probed first. */
  public synchronized List<Fence> fenced() {
    return states.values().stream()
        .flatMap(state -> state.fence.stream())
        .sorted(Comparator.comparing(Fence::nextProbe).thenComparing(fence -> fence.gpu().value()))
        .toList();
  }

  private State state(GpuUuid gpu) {
    return states.computeIfAbsent(gpu, unseen -> new State());
  }

  /** A GPU that is fenced already keeps its next probe; only the newest reason is kept. */
  private void fence(GpuUuid gpu, State state, String reason, Instant now) {
    if (state.fence.isEmpty()) {
      strike(gpu, state, reason, now, now);
      return;
    }
    Fence before = state.fence.get();
    state.fence =
        Optional.of(new Fence(gpu, reason, before.since(), before.nextProbe(), before.strikes()));
  }

  private void strike(GpuUuid gpu, State state, String reason, Instant since, Instant now) {
    Instant nextProbe = now.plus(policy.wait(state.strikes));
    state.strikes++;
    state.fence = Optional.of(new Fence(gpu, reason, since, nextProbe, state.strikes));
  }

  private static boolean blames(ErrorClass errorClass) {
    return switch (errorClass) {
      case GPU_LOST, HOST_LOST -> true;
      // Preempted and drained are somebody's wish; the others are about the job or the node's disk.
      case CALLERS_FAULT,
          OUT_OF_MEMORY,
          TRAINER_CRASH,
          DIVERGED,
          UNREADABLE,
          STORAGE,
          PREEMPTED,
          DRAINED,
          CANCELLED,
          TIMEOUT,
          UNKNOWN ->
          false;
    };
  }
}
