package dev.morphene.trials.simulation;

import dev.morphene.coordinator.job.RetryPolicy;
import dev.morphene.coordinator.memory.EnvelopeRule;
import dev.morphene.coordinator.memory.OutOfMemoryLadder;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.LargestFirst;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.NodePriority;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.SplittableRandom;

/** Ours: the classes that coordinators and nodes decide with. */
class ProductionPolicy implements Policy {
  private static final int RETRY_BUDGET = 3;
  private static final int RUNS_BEFORE = 3;

  private final MemoryRule rule = MemoryRule.usual();
  private final LearnedEnvelopes envelopes;
  private final RetryPolicy retries;

  /**
   * @param largestGpu of the pool
   */
  ProductionPolicy(ByteSize largestGpu, long seed) {
    ByteSize largestPromise =
        new ByteSize(largestGpu.bytes() - MemoryRule.usual().safetyMargin().bytes());
    envelopes = new LearnedEnvelopes(EnvelopeRule.usual(), largestPromise);
    retries =
        new RetryPolicy(Duration.ofSeconds(5), Duration.ofMinutes(5), new SplittableRandom(seed));
    for (TrueRecipe recipe : TrueRecipe.ALL) {
      if (recipe.knownBefore()) {
        for (int run = 0; run < RUNS_BEFORE; run++) {
          var key = WorkloadGenerator.spec(recipe, 1).recipe();
          envelopes.learn(key, 1, ByteSize.ofGb(recipe.phaseOneGb()));
          envelopes.learn(key, 2, ByteSize.ofGb(recipe.phaseTwoGb()));
        }
      }
    }
  }

  @Override
  public String name() {
    return "ours";
  }

  @Override
  public JobNeed need(SimulatedJob job) {
    if (job.needVersion != envelopes.version()) {
      job.need = learnedNeed(job);
      job.needVersion = envelopes.version();
    }
    return job.need;
  }

  private JobNeed learnedNeed(SimulatedJob job) {
    ByteSize learned = envelopes.need(job.spec);
    ByteSize promised = job.floor.filter(floor -> floor.compareTo(learned) > 0).orElse(learned);
    return JobNeed.of(promised).withAtMost(job.sideBySide);
  }

  @Override
  public Optional<SimulatedGpu> place(SimulatedNode node, JobNeed need) {
    return rule.bestFit(node.snapshots(), need).map(node::gpu);
  }

  @Override
  public int priority(SimulatedNode node, MemoryClass memoryClass) {
    return NodePriority.of(node.gpus.stream().map(gpu -> gpu.total).toList());
  }

  @Override
  public Optional<Comparator<JobNeed>> order() {
    return Optional.of(LargestFirst.ORDER);
  }

  @Override
  public boolean reserves() {
    return true;
  }

  @Override
  public void learn(SimulatedJob job, int phase, long peakBytes) {
    envelopes.learn(job.spec.recipe(), phase, new ByteSize(peakBytes));
  }

  @Override
  public boolean ranOut(SimulatedAttempt attempt, int together) {
    SimulatedJob job = attempt.job;
    job.floor =
        Optional.of(
            envelopes.ranOut(
                job.spec.recipe(), attempt.promised.memory(), new ByteSize(attempt.mostBytes)));
    Optional<OutOfMemoryLadder.Step> step =
        OutOfMemoryLadder.next(job.spec, attempt.promised.sideBySide(), together);
    step.ifPresent(
        taken -> {
          if (taken instanceof OutOfMemoryLadder.FewerNeighbours fewer) {
            job.sideBySide = fewer.sideBySide();
          } else if (taken instanceof OutOfMemoryLadder.SmallerBatch smaller) {
            job.changeTo(smaller.spec());
          } else if (taken instanceof OutOfMemoryLadder.SmallerConfig smaller) {
            job.changeTo(smaller.spec());
          }
        });
    return step.isPresent();
  }

  @Override
  public long pauseMillis(SimulatedJob job, ErrorClass errorClass) {
    RetryPolicy.Decision decision =
        retries.decide(errorClass, job.failures, RETRY_BUDGET, job.attempt);
    return decision instanceof RetryPolicy.Retry retry ? retry.after().toMillis() : -1;
  }
}
