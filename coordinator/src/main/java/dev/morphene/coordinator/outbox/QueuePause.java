package dev.morphene.coordinator.outbox;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;

/**
 * The pause of the whole queue: nothing is published and nothing is granted until it is resumed;
 * what runs goes on. Stands in Postgres, so it holds for every coordinator and outlives them all.
 */
public final class QueuePause {
  /** Any number that is nobody else's. */
  private static final long LOCK = 7_302_114_552_002L;

  private final Database database;

  public QueuePause(Database database) {
    this.database = database;
  }

  /** Once this returns, nothing is granted any more. Asking twice is asking once. */
  public void pause() {
    database.transact(
        transaction -> {
          // Waits for the claims that are being decided; those that come later see the pause.
          transaction.rows("select pg_advisory_xact_lock($1)", LOCK);
          return transaction.update(
              "insert into queue_pause default values on conflict do nothing");
        });
  }

  /** Asking twice is asking once. */
  public void resume() {
    database.transact(
        transaction -> {
          transaction.update("delete from queue_pause");
          return transaction.rows("select pg_notify('morphene_outbox', '')");
        });
  }

  /** For views: it may change at once. */
  public static boolean isPaused(Transaction transaction) {
    return transaction
        .row("select exists (select from queue_pause) as paused")
        .orElseThrow()
        .getBoolean("paused");
  }

  /** For who grants: the answer stands until the transaction ends. */
  public static boolean isPausedAndStaysSo(Transaction transaction) {
    transaction.rows("select pg_advisory_xact_lock_shared($1)", LOCK);
    return isPaused(transaction);
  }
}
