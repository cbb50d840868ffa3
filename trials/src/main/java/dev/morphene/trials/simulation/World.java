package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything there is, for those who act on it and those who watch. */
final class World {
  final EventQueue clock = new EventQueue();
  final List<SimulatedNode> nodes;
  final Policy policy;
  final List<Invariant> invariants;
  final Map<JobId, SimulatedJob> jobs = new LinkedHashMap<>();

  /** Bytes that the coordinator has promised on each GPU. */
  final Map<GpuUuid, Long> ledger = new HashMap<>();

  /** Attempts whose trainer is there, by job. */
  final Map<JobId, List<SimulatedAttempt>> alive = new HashMap<>();

  /** What happened how often, for the table. */
  final Map<String, Long> tally = new TreeMap<>();

  /** Accepted jobs that have not ended. */
  int open;

  /** Jobs that are still to be submitted. */
  int toCome;

  World(List<SimulatedNode> nodes, Policy policy, List<Invariant> invariants) {
    this.nodes = nodes;
    this.policy = policy;
    this.invariants = invariants;
  }

  boolean isOver() {
    return open == 0 && toCome == 0;
  }

  void count(String what) {
    tally.merge(what, 1L, Long::sum);
  }

  void most(String what, long value) {
    tally.merge(what, value, Math::max);
  }

  List<SimulatedAttempt> alive(JobId job) {
    return alive.computeIfAbsent(job, absent -> new ArrayList<>(1));
  }
}
