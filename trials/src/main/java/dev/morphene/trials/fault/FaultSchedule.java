package dev.morphene.trials.fault;

import dev.morphene.trials.fault.Fault.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Everything that is done in one trial. The same seed gives the same schedule.
 *
 * @param faults by time
 */
record FaultSchedule(long seed, List<Fault> faults) {
  static final int AGENTS = 4;
  static final int COORDINATORS = 2;
  private static final long FREEZE_MILLIS = 40_000;
  private static final int TRAINER_KILLS = 6;
  private static final int THEFTS = 3;
  private static final long THEFT_MILLIS = 6_000;

  /**
   * One agent is frozen for longer than lease and grace, each other agent and each coordinator is
   * killed once, the broker and the database once, some trainers, and three times messages are
   * stolen; all of it in the first minute.
   */
  static FaultSchedule of(long seed) {
    Random random = new Random(seed);
    List<Fault> faults = new ArrayList<>();
    int frozen = random.nextInt(AGENTS);
    faults.add(new Fault(between(random, 6, 14), Kind.FREEZE_AGENT, frozen, FREEZE_MILLIS));
    for (int agent = 0; agent < AGENTS; agent++) {
      if (agent != frozen) {
        faults.add(
            new Fault(between(random, 4, 55), Kind.KILL_AGENT, agent, between(random, 0, 6)));
      }
    }
    for (int coordinator = 0; coordinator < COORDINATORS; coordinator++) {
      faults.add(
          new Fault(
              between(random, 5, 55), Kind.KILL_COORDINATOR, coordinator, between(random, 0, 5)));
    }
    for (int kill = 0; kill < TRAINER_KILLS; kill++) {
      // Not later: when the last batch is done there may be none left to kill.
      faults.add(new Fault(between(random, 2, 44), Kind.KILL_TRAINER, random.nextInt(20), 0));
    }
    faults.add(new Fault(between(random, 10, 45), Kind.KILL_BROKER, 0, between(random, 0, 3)));
    faults.add(new Fault(between(random, 10, 50), Kind.RESTART_DATABASE, 0, 0));
    for (int theft = 0; theft < THEFTS; theft++) {
      faults.add(new Fault(between(random, 2, 52), Kind.STEAL_MESSAGES, 0, THEFT_MILLIS));
    }
    faults.sort(Comparator.comparingLong(Fault::atMillis));
    return new FaultSchedule(seed, List.copyOf(faults));
  }

  private static long between(Random random, int fromSeconds, int toSeconds) {
    return 1_000L * fromSeconds + random.nextInt(1_000 * (toSeconds - fromSeconds));
  }

  @Override
  public String toString() {
    return "seed "
        + seed
        + "\n"
        + faults.stream().map(fault -> "  " + fault).collect(Collectors.joining("\n"));
  }
}
