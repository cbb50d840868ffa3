package dev.morphene.coordinator.database;

import io.vertx.pgclient.PgConnectOptions;
import org.flywaydb.core.Flyway;

/** Brings the schema to this program's version; blocks. Coordinators that start together wait. */
public final class Migrations {
  private Migrations() {}

  public static void run(PgConnectOptions options) {
    String url =
        "jdbc:postgresql://"
            + options.getHost()
            + ":"
            + options.getPort()
            + "/"
            + options.getDatabase()
            + "?sslmode="
            + options.getSslMode().value;
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(url, options.getUser(), options.getPassword())
        .locations("classpath:dev/morphene/coordinator/schema")
        .load()
        .migrate();
  }
}
