package dev.morphene.coordinator.database;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs transactions on the calling thread, which waits; never call it on an event loop.
 *
 * <p>A transaction that Postgres broke off (deadlock, lost connection, partition attached
 * meanwhile) runs again, so its body may run more than once and must change nothing but the
 * database. When Postgres is away, a circuit breaker answers at once.
 */
public final class Database implements AutoCloseable {
  private static final int CONNECTIONS = 12;
  private static final int ATTEMPTS = 3;
  private static final long ANSWER_LIMIT_SECONDS = 30;

  /**
   * Below the limit of an answer: no statement may run on, with its locks, after its caller left.
   */
  private static final String STATEMENT_LIMIT_MILLIS = "25000";

  /** A transaction whose coordinator froze must not hold up the others for longer than a lease. */
  private static final String IDLE_LIMIT_MILLIS = "15000";

  private static final Set<String> BROKEN_OFF =
      Set.of("40001", "40P01", "57P01", "57P02", "57P03", "53300", "25P03", "57014");

  private static final String CHECK_VIOLATION = "23514";

  private final Pool pool;
  private final Retry retry;
  private final CircuitBreaker breaker;

  public Database(Vertx vertx, PgConnectOptions options) {
    pool =
        PgBuilder.pool()
            .with(
                new PoolOptions()
                    .setMaxSize(CONNECTIONS)
                    .setConnectionTimeout(5)
                    .setConnectionTimeoutUnit(TimeUnit.SECONDS))
            .connectingTo(limited(parsedOnce(options)))
            .using(vertx)
            .build();
    retry =
        Retry.of(
            "database",
            RetryConfig.custom()
                .maxAttempts(ATTEMPTS)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(50, 2.0))
                .retryOnException(Database::mayWorkLater)
                .build());
    breaker =
        CircuitBreaker.of(
            "database",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(80)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .recordException(Database::isUnavailable)
                .build());
  }

  /**
   * Each statement is parsed once a connection and takes one round trip from then on. It is planned
   * anew each time all the same: a plan made while a table was empty would go on reading it from
   * end to end until Postgres next counts its rows.
   */
  private static PgConnectOptions parsedOnce(PgConnectOptions options) {
    PgConnectOptions parsedOnce = new PgConnectOptions(options);
    parsedOnce.setCachePreparedStatements(true);
    parsedOnce.setPreparedStatementCacheSqlFilter(sql -> true);
    parsedOnce.addProperty("plan_cache_mode", "force_custom_plan");
    return parsedOnce;
  }

  private static PgConnectOptions limited(PgConnectOptions options) {
    options.addProperty("statement_timeout", STATEMENT_LIMIT_MILLIS);
    options.addProperty("idle_in_transaction_session_timeout", IDLE_LIMIT_MILLIS);
    return options;
  }

  /**
   * @throws DatabaseUnavailable when Postgres cannot be reached
   */
  public <T> T transact(Function<Transaction, T> body) {
    Supplier<T> once = () -> once(body);
    try {
      return Retry.decorateSupplier(retry, CircuitBreaker.decorateSupplier(breaker, once)).get();
    } catch (CallNotPermittedException open) {
      throw new DatabaseUnavailable(open);
    } catch (CompletionException failure) {
      if (mayWorkLater(failure)) {
        throw new DatabaseUnavailable(failure.getCause());
      }
      throw failure;
    }
  }

  private <T> T once(Function<Transaction, T> body) {
    SqlConnection connection = await(pool.getConnection());
    try {
      io.vertx.sqlclient.Transaction transaction = await(connection.begin());
      T result;
      try {
        result = body.apply(new Transaction(connection));
      } catch (RuntimeException | Error failure) {
        rollBack(transaction, failure);
        throw failure;
      }
      await(transaction.commit());
      return result;
    } finally {
      connection.close();
    }
  }

  /** Waits for it: the connection goes back to the pool with nothing under way. */
  private static void rollBack(io.vertx.sqlclient.Transaction transaction, Throwable failure) {
    try {
      await(transaction.rollback());
    } catch (RuntimeException lost) {
      // Nobody holds the locks of a lost connection.
      failure.addSuppressed(lost);
    }
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw new CompletionException(failure.getCause());
    } catch (TimeoutException late) {
      throw new CompletionException(late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Stopped while waiting for the database.", stopped);
    }
  }

  private static boolean mayWorkLater(Throwable failure) {
    if (!(failure instanceof CompletionException)) {
      return false;
    }
    return isUnavailable(failure)
        || failure.getCause() instanceof PgException refused
            && (BROKEN_OFF.contains(refused.getSqlState()) || missedAPartition(refused));
  }

  /**
   * A row that was on its way into the default partition when its own was attached: Postgres finds
   * the new one only when asked again. Checks of ours have a name.
   */
  private static boolean missedAPartition(PgException refused) {
    return CHECK_VIOLATION.equals(refused.getSqlState()) && refused.getConstraint() == null;
  }

  /**
   * Postgres' own refusals are answers; anything else from the driver means that there was none.
   */
  private static boolean isUnavailable(Throwable failure) {
    return failure instanceof CompletionException && !(failure.getCause() instanceof PgException);
  }

  @Override
  public void close() {
    await(pool.close());
  }
}
