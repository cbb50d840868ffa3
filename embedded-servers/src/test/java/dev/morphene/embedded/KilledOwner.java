package dev.morphene.embedded;

import java.nio.file.Path;

/** A process that starts a server, writes a row, says so and waits to be killed. */
final class KilledOwner {
  private KilledOwner() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    EmbeddedPostgresTest.run(postgres, "create table kept as select 7 as value");
    System.out.println("kept");
    Thread.currentThread().join();
  }
}
