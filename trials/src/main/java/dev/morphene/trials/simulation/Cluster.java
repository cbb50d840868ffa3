package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Coordinators, broker and agents: how jobs are published, taken, claimed, run and ended. */
final class Cluster {
  private static final long SECOND_DELIVERY_MILLIS = 10_000;

  private final World world;
  private final Publisher publisher;
  private final Trainers trainers;
  private final SplittableRandom chance;
  private final double deliveredTwice;
  private final List<SimulatedNode> all;

  /** Nodes of equal priority for a class, those of the highest first. */
  private final Map<MemoryClass, List<List<SimulatedNode>>> turns =
      new EnumMap<>(MemoryClass.class);

  private final Set<SimulatedNode> polling = new HashSet<>();
  private boolean publishing;

  Cluster(World world, Publisher publisher, SplittableRandom chance, double deliveredTwice) {
    this.world = world;
    this.publisher = publisher;
    this.chance = chance;
    this.deliveredTwice = deliveredTwice;
    this.trainers = new Trainers(world, this);
    this.all = new ArrayList<>(world.nodes);
    Collections.shuffle(all, new Random(chance.nextLong()));
    for (MemoryClass memoryClass : MemoryClass.values()) {
      Map<Integer, List<SimulatedNode>> byPriority = new TreeMap<>(Comparator.reverseOrder());
      for (SimulatedNode node : all) {
        byPriority
            .computeIfAbsent(world.policy.priority(node, memoryClass), absent -> new ArrayList<>())
            .add(node);
      }
      turns.put(memoryClass, List.copyOf(byPriority.values()));
    }
  }

  /** Takes a job in. */
  void accept(JobPlan plan) {
    SimulatedJob job = new SimulatedJob(plan);
    world.toCome--;
    world.jobs.put(job.id(), job);
    world.open++;
    enqueue(job);
  }

  private void enqueue(SimulatedJob job) {
    publisher.enqueue(job);
    publishSoon();
  }

  private void publishSoon() {
    if (!publishing) {
      publishing = true;
      world.clock.after(Timing.PUBLISH_MILLIS, this::publishRound);
    }
  }

  private void publishRound() {
    publishing = false;
    Set<JobNeed> refused = new HashSet<>();
    for (SimulatedJob job : publisher.round()) {
      JobNeed need = world.policy.need(job);
      // Claims only take room: what nobody took before, nobody takes now.
      if (!refused.contains(need) && !offer(job, need)) {
        refused.add(need);
      }
    }
  }

  /** Asks node after node, of equals beginning behind the one that took the last. */
  private boolean offer(SimulatedJob job, JobNeed need) {
    for (List<SimulatedNode> turn : turns.get(job.queue)) {
      for (int i = 0; i < turn.size(); i++) {
        SimulatedNode node = turn.get(i);
        if (!node.takes() || node.hasRefused(need)) {
          continue;
        }
        if (world.policy.pollMillis() > 0) {
          poll(node);
        } else if (take(node, job, need)) {
          Collections.rotate(turn, -(i + 1));
          return true;
        }
      }
    }
    return false;
  }

  private void poll(SimulatedNode node) {
    if (polling.add(node)) {
      long period = world.policy.pollMillis();
      long next = (world.clock.nowMillis() / period + 1) * period;
      world.clock.at(
          next,
          () -> {
            polling.remove(node);
            takeAll(node);
          });
    }
  }

  /** Something has become free on the node. */
  void wake(SimulatedNode node) {
    if (world.policy.pollMillis() > 0) {
      poll(node);
    } else {
      takeAll(node);
    }
  }

  /** A node asks the queue of the largest jobs first: they have the fewest places. */
  private void takeAll(SimulatedNode node) {
    MemoryClass[] classes = MemoryClass.values();
    for (int i = classes.length - 1; i >= 0 && node.takes(); i--) {
      for (List<SimulatedJob> messages : publisher.messages(classes[i])) {
        takeSome(node, messages);
      }
    }
  }

  private void takeSome(SimulatedNode node, List<SimulatedJob> messages) {
    JobNeed refused = null;
    for (SimulatedJob job : messages) {
      JobNeed need = world.policy.need(job);
      if (need.equals(refused)) {
        continue;
      }
      if (node.hasRefused(need) || !take(node, job, need)) {
        refused = need;
      }
    }
  }

  private boolean take(SimulatedNode node, SimulatedJob job, JobNeed need) {
    Optional<SimulatedGpu> gpu = world.policy.place(node, need);
    if (gpu.isEmpty()) {
      node.refuse(need);
      return false;
    }
    int attempt = job.attempt;
    boolean granted = claim(job, attempt, gpu.get(), need);
    if (granted && chance.nextDouble() < deliveredTwice) {
      world.clock.after(
          chance.nextLong(SECOND_DELIVERY_MILLIS), () -> deliverAgain(job, attempt, need));
    }
    return granted;
  }

  private void deliverAgain(SimulatedJob job, int attempt, JobNeed need) {
    SimulatedNode node = all.get(chance.nextInt(all.size()));
    Optional<SimulatedGpu> gpu = node.takes() ? world.policy.place(node, need) : Optional.empty();
    if (gpu.isPresent() && !claim(job, attempt, gpu.get(), need)) {
      world.count("second deliveries refused");
    }
  }

  /** The one statement that grants an attempt, or not. */
  private boolean claim(SimulatedJob job, int attempt, SimulatedGpu gpu, JobNeed need) {
    boolean current = job.state == JobState.QUEUED && job.attempt == attempt;
    if (!current && world.policy.fences()) {
      return false;
    }
    if (current) {
      publisher.claimed(job);
      job.become(JobState.RUNNING);
      publishSoon();
    }
    trainers.start(job, gpu, need);
    return true;
  }

  void completed(SimulatedAttempt attempt) {
    release(attempt);
    end(attempt.job, JobState.COMPLETED);
  }

  /**
   * A failure that its trainer told.
   *
   * @param mended whether something was changed, so that the retry budget is not touched
   */
  void failed(SimulatedAttempt attempt, ErrorClass errorClass, boolean mended) {
    SimulatedJob job = attempt.job;
    release(attempt);
    long pause = mended ? 0 : world.policy.pauseMillis(job, errorClass);
    if (pause < 0) {
      end(job, JobState.FAILED);
      return;
    }
    if (errorClass.spendsBudget() && !mended) {
      job.failures++;
    }
    publisher.idle(job);
    job.become(JobState.RETRYING);
    world.clock.after(pause, () -> tryAgain(job));
  }

  /** The outside world took the attempt; the job goes elsewhere at once. */
  void lost(SimulatedAttempt attempt, ErrorClass errorClass) {
    release(attempt);
    publisher.idle(attempt.job);
    world.count("attempts lost: " + errorClass.name().toLowerCase(Locale.ROOT));
    tryAgain(attempt.job);
  }

  private void tryAgain(SimulatedJob job) {
    job.become(JobState.PENDING);
    job.attempt++;
    enqueue(job);
  }

  private void end(SimulatedJob job, JobState end) {
    publisher.idle(job);
    job.become(end);
    job.endedAtMillis = world.clock.nowMillis();
    world.count("jobs " + end.word());
    world.open--;
    if (world.isOver()) {
      world.tally.put("makespan ms", world.clock.nowMillis());
    }
  }

  private void release(SimulatedAttempt attempt) {
    attempt.leased = false;
    attempt.job.running = Optional.empty();
    world.ledger.merge(
        attempt.gpu.id,
        -attempt.promised.memory().bytes(),
        (promised, less) -> promised + less == 0 ? null : promised + less);
  }

  Trainers trainers() {
    return trainers;
  }
}
