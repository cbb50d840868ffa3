package dev.morphene.trials.fault;

import dev.morphene.protocol.job.JobId;
import dev.morphene.trials.history.Sighting;
import dev.morphene.trials.process.Patience;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at every job all the time, and writes down what has changed. Owns its thread. */
final class DatabaseObserver implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 100;
  private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled");

  private final String postgresUri;
  private final Thread thread = new Thread(this::lookUntilClosed, "database-observer");
  private final List<Sighting> sightings = new ArrayList<>();
  private final Map<JobId, Sighting> latest = new HashMap<>();

  DatabaseObserver(String postgresUri) {
    this.postgresUri = postgresUri;
    thread.setDaemon(true);
    thread.start();
  }

  private void lookUntilClosed() {
    try {
      while (true) {
        lookWhileConnected();
        Patience.pause(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookWhileConnected() throws InterruptedException {
    try (TrialDatabase database = TrialDatabase.connect(postgresUri)) {
      while (true) {
        add(database.sightings());
        Patience.pause(LOOK_EVERY_MILLIS);
      }
    } catch (SQLException restartingOrNotMigratedYet) {
      // The nemesis does that; it looks again in a moment.
    }
  }

  private synchronized void add(List<Sighting> seen) {
    for (Sighting sighting : seen) {
      Sighting before = latest.get(sighting.latest().job());
      if (before == null
          || !before.latest().equals(sighting.latest())
          || !before.state().equals(sighting.state())) {
        latest.put(sighting.latest().job(), sighting);
        sightings.add(sighting);
      }
    }
  }

  synchronized List<Sighting> sightings() {
    return List.copyOf(sightings);
  }

  /** How many jobs have ended. */
  synchronized int ended() {
    return (int) latest.values().stream().filter(job -> ENDS.contains(job.state())).count();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
