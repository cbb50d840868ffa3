package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What no scheduler can beat on this workload: one that knows everything, cuts jobs at will, never
 * leaves a margin, and whose nodes never fail. It keeps the design's two rules: a job has the
 * memory of its hungriest phase from the start, and no GPU holds more jobs than their classes
 * allow.
 *
 * @param memoryMillis memory-time area of the jobs over the memory of the pool
 * @param slotMillis time of the jobs over what the class rule lets the pool run at once
 * @param packingMillis both at once for whole sets of jobs on each GPU model, work cut at will
 * @param longestMillis when the job that ends last could end if each began on arrival
 */
record LowerBound(
    double memoryMillis, double slotMillis, double packingMillis, double longestMillis) {
  private static final int RELEASES = 12;

  /**
   * @param jobs after a run: one that was moved to a smaller recipe counts as that one, one that
   *     failed as nothing
   */
  static LowerBound of(Collection<SimulatedJob> jobs, List<SimulatedNode> farm) {
    List<SimulatedJob> done = jobs.stream().filter(job -> job.state == JobState.COMPLETED).toList();
    List<ByteSize> models =
        farm.stream().map(node -> node.gpus.get(0).total).distinct().sorted().toList();
    double[] counts = new double[models.size()];
    for (SimulatedNode node : farm) {
      counts[models.indexOf(node.gpus.get(0).total)] += node.gpus.size();
    }
    List<PackingProgram.Size> sizes =
        TrueRecipe.ALL.stream()
            .map(
                recipe ->
                    new PackingProgram.Size(
                        recipe.least(), MemoryClass.of(recipe.least()).jobsSideBySide()))
            .toList();
    PackingProgram program = new PackingProgram(sizes, models, counts);
    double memory = 0;
    double slots = 0;
    double packing = 0;
    long last = done.stream().mapToLong(job -> job.plan.arrivalMillis()).max().orElse(0);
    // What comes later than a moment cannot be done before it: each moment gives a bound.
    for (long release :
        LongStream.rangeClosed(0, RELEASES).map(i -> i * last / RELEASES).toArray()) {
      double[] work = new double[sizes.size()];
      for (SimulatedJob job : done) {
        if (job.plan.arrivalMillis() >= release) {
          work[TrueRecipe.ALL.indexOf(smallest(job))] += leastMillis(job);
        }
      }
      memory = Math.max(memory, release + memoryTime(work, models, counts));
      slots = Math.max(slots, release + slotTime(work, sizes, counts));
      packing = Math.max(packing, release + program.leastTime(work));
    }
    double longest =
        done.stream()
            .mapToDouble(job -> job.plan.arrivalMillis() + leastMillis(job))
            .max()
            .orElse(0);
    return new LowerBound(memory, slots, packing, longest);
  }

  double millis() {
    return Math.max(Math.max(memoryMillis, slotMillis), Math.max(packingMillis, longestMillis));
  }

  private static TrueRecipe smallest(SimulatedJob job) {
    return job.recipes.stream()
        .min(Comparator.comparingDouble(TrueRecipe::phaseTwoGb))
        .orElseThrow();
  }

  private static double leastMillis(SimulatedJob job) {
    return job.recipes.stream().mapToLong(job.plan::workMillis).min().orElseThrow();
  }

  private static double memoryTime(double[] work, List<ByteSize> models, double[] counts) {
    double area = 0;
    for (int i = 0; i < work.length; i++) {
      area += work[i] * TrueRecipe.ALL.get(i).least().bytes();
    }
    double pool = 0;
    for (int i = 0; i < counts.length; i++) {
      pool += counts[i] * models.get(i).bytes();
    }
    return area / pool;
  }

  private static double slotTime(double[] work, List<PackingProgram.Size> sizes, double[] counts) {
    double area = 0;
    for (int i = 0; i < work.length; i++) {
      area += work[i] / sizes.get(i).sideBySide();
    }
    double pool = 0;
    for (double count : counts) {
      pool += count;
    }
    return area / pool;
  }
}
