package dev.morphene.trials.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * db-scheduler with one-time tasks that do nothing, scheduled and executed in this process, polling
 * by lock-and-fetch.
 */
final class DbSchedulerRival implements AutoCloseable {
  private static final int THREADS = 50;
  private static final double LOWER_FRACTION = 1.0;
  private static final double UPPER_FRACTION = 4.0;
  private static final int CONNECTIONS = 20;
  private static final int BATCH = 100;
  private static final double MIDDLE_FROM = 0.2;
  private static final double MIDDLE_TO = 0.8;
  private static final long RUN_LIMIT_SECONDS = 300;

  private static final List<String> TABLE =
      List.of(
          "create table if not exists scheduled_tasks (task_name text, task_instance text,"
              + " task_data bytea, execution_time timestamptz, picked boolean not null, picked_by"
              + " text, last_success timestamptz, last_failure timestamptz, consecutive_failures"
              + " int, last_heartbeat timestamptz, version bigint not null, priority smallint,"
              + " state text, primary key (task_name, task_instance))",
          "create index if not exists tasks_by_time on scheduled_tasks (execution_time)",
          "create index if not exists tasks_by_heartbeat on scheduled_tasks (last_heartbeat)");

  /** A task's execution, in nanoseconds of this process. */
  private record Executed(String id, long atNanos) {}

  /** What one run showed. */
  record Result(double tasksPerSecond, Latencies toExecuted) {}

  private final InstantSource clock = InstantSource.system();
  private final HikariDataSource pool;
  private final OneTimeTask<Void> task;
  private final Scheduler scheduler;
  private final Queue<Executed> executed = new ConcurrentLinkedQueue<>();
  private volatile CountDownLatch left = new CountDownLatch(0);

  /**
   * @param pollEvery how often it looks for due tasks while there are none
   */
  DbSchedulerRival(String jdbcUri, Duration pollEvery) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(jdbcUri);
    config.setMaximumPoolSize(CONNECTIONS);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : TABLE) {
        statement.execute(sql);
      }
    }
    task =
        Tasks.oneTime("no-op", Void.class)
            .execute((instance, context) -> executed(instance.getId()));
    scheduler =
        Scheduler.create(pool, task)
            .threads(THREADS)
            .pollUsingLockAndFetch(LOWER_FRACTION, UPPER_FRACTION)
            .pollingInterval(pollEvery)
            .build();
    scheduler.start();
  }

  private void executed(String id) {
    executed.add(new Executed(id, System.nanoTime()));
    left.countDown();
  }

  /**
   * Schedules tasks for now and waits for their execution.
   *
   * @param tasksPerSecond 0 for as fast as they are stored, many in a transaction; otherwise one in
   *     a transaction
   */
  Result run(String run, int tasks, int tasksPerSecond) throws InterruptedException {
    executed.clear();
    left = new CountDownLatch(tasks);
    Map<String, Long> scheduledNanos = new ConcurrentHashMap<>();
    long startNanos = System.nanoTime();
    int together = tasksPerSecond == 0 ? BATCH : 1;
    for (int first = 0; first < tasks; first += together) {
      if (tasksPerSecond > 0) {
        awaitNanos(startNanos + first * TimeUnit.SECONDS.toNanos(1) / tasksPerSecond);
      }
      List<TaskInstance<?>> instances = new ArrayList<>();
      for (int i = first; i < Math.min(tasks, first + together); i++) {
        scheduledNanos.put(run + "-" + i, System.nanoTime());
        instances.add(task.instance(run + "-" + i));
      }
      scheduler.scheduleBatch(instances, clock.instant());
    }
    if (!left.await(RUN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("db-scheduler did not execute every task in time.");
    }
    List<Executed> inOrder = new ArrayList<>(executed);
    inOrder.sort((one, other) -> Long.compare(one.atNanos(), other.atNanos()));
    int from = (int) (inOrder.size() * MIDDLE_FROM);
    int to = (int) (inOrder.size() * MIDDLE_TO) - 1;
    double seconds = (inOrder.get(to).atNanos() - inOrder.get(from).atNanos()) / 1e9;
    return new Result(
        (to - from) / seconds,
        Latencies.of(
            inOrder.stream()
                .mapToDouble(end -> (end.atNanos() - scheduledNanos.get(end.id())) / 1e6)
                .toArray()));
  }

  private static void awaitNanos(long moment) {
    for (long wait = moment - System.nanoTime(); wait > 0; wait = moment - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }

  @Override
  public void close() {
    scheduler.stop();
    pool.close();
  }
}
