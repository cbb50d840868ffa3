package dev.morphene.coordinator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.embedded.EmbeddedServers;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DatabaseTest {
  private static EmbeddedServers servers;
  private static Vertx vertx;
  private static Database database;

  @BeforeAll
  static void start() {
    servers = EmbeddedServers.startTemporary();
    vertx = Vertx.vertx();
    database = new Database(vertx, PgConnectOptions.fromUri(servers.postgres().postgresUri()));
    database.transact(
        transaction -> {
          transaction.update("create table thing (id integer primary key, count bigint not null)");
          return transaction.update("insert into thing values (1, 0), (2, 0)");
        });
  }

  @AfterAll
  static void stop() {
    database.close();
    vertx.close();
    servers.close();
  }

  @Test
  @Timeout(300)
  void aTransactionThatFailsAfterItLockedLeavesNoLockBehind() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int i = 0; i < 4_000; i++) {
        boolean fails = i % 2 == 0;
        work.add(() -> count(fails));
      }
      long counted = 0;
      for (Future<Boolean> done : threads.invokeAll(work)) {
        counted += done.get() ? 1 : 0;
      }
      assertThat(counted).isEqualTo(2_000);
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(120, TimeUnit.SECONDS);
    }
    long total =
        database.transact(
            transaction ->
                transaction
                    .row("select count from thing where id = 1 for update nowait")
                    .orElseThrow()
                    .getLong("count"));
    assertThat(total).isEqualTo(2_000);
  }

  private static boolean count(boolean fails) {
    try {
      return database.transact(
          transaction -> {
            transaction.row("select 1 from thing where id = 1 for update");
            transaction.update("update thing set count = count + 1 where id = 1");
            if (fails) {
              transaction.update("update thing set count = count / 0 where id = $1", 1);
            }
            return true;
          });
    } catch (CompletionException refused) {
      return false;
    }
  }

  @Test
  void theZeroCharacterThatPostgresCannotHoldIsLeftOut() {
    List<String> stored =
        database.transact(
            transaction ->
                transaction
                    .rows(
                        "select $1::text as word union all select unnest($2::text[])",
                        "a\0b",
                        new String[] {"\0c", null})
                    .stream()
                    .map(row -> row.getString("word"))
                    .toList());
    assertThat(stored).containsExactly("ab", "c", null);
  }

  @Test
  @Timeout(300)
  void aRowThatMeetsANewPartitionIsStoredAllTheSame() throws Exception {
    database.transact(
        transaction -> {
          transaction.update("create table sample (day integer not null) partition by list (day)");
          return transaction.update("create table sample_other partition of sample default");
        });
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> stored =
          database.transact(
              maker -> {
                maker.update("lock table sample_other in access exclusive mode");
                maker.update("create table sample_1 (like sample)");
                Future<Integer> insertion =
                    thread.submit(
                        () ->
                            database.transact(
                                inserter -> inserter.update("insert into sample values (1)")));
                awaitInsertion();
                maker.update("alter table sample attach partition sample_1 for values in (1)");
                return insertion;
              });
      assertThat(stored.get(120, TimeUnit.SECONDS)).isEqualTo(1);
    } finally {
      thread.shutdownNow();
    }
    assertThat(count("sample_1")).isEqualTo(1);
    assertThat(count("sample_other")).isZero();
  }

  private static void awaitInsertion() {
    while (waitingInsertions() == 0) {
      Thread.onSpinWait();
    }
  }

  private static long waitingInsertions() {
    return database.transact(
        watcher ->
            watcher
                .row(
                    "select count(*) as waiting from pg_stat_activity where wait_event_type ="
                        + " 'Lock' and query like 'insert into sample %'")
                .orElseThrow()
                .getLong("waiting"));
  }

  private static long count(String table) {
    return database.transact(
        transaction ->
            transaction.row("select count(*) as rows from " + table).orElseThrow().getLong("rows"));
  }

  @Test
  @Timeout(300)
  void aTransactionThatIsLeftOpenLosesItsLocks() {
    String lock = "select id from thing where id = 2 for update";
    List<Integer> others = new ArrayList<>();
    assertThatThrownBy(
            () ->
                database.transact(
                    frozen -> {
                      frozen.row(
                          "select set_config('idle_in_transaction_session_timeout', '100', true)");
                      frozen.row(lock);
                      others.add(
                          database.transact(
                              other -> other.row(lock).orElseThrow().getInteger("id")));
                      return frozen.row(lock);
                    }))
        .isInstanceOf(DatabaseUnavailable.class);
    assertThat(others).isNotEmpty().containsOnly(2);
  }

  @Test
  void noStatementOutlivesItsCaller() {
    String limits =
        database.transact(
            transaction ->
                transaction
                    .row(
                        "select current_setting('statement_timeout') || ' ' ||"
                            + " current_setting('idle_in_transaction_session_timeout') as limits")
                    .orElseThrow()
                    .getString("limits"));
    assertThat(limits).isEqualTo("25s 15s");
  }
}
