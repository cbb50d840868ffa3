package dev.morphene.cli.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say where the cluster's servers are; mixed into the commands that need them. */
public final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Properties file with amqp.uri, postgres.uri, http.host, http.port.")
  private Path file;

  @Option(
      names = "--amqp-uri",
      paramLabel = "URI",
      description =
          "Broker, amqp://host:port. An address with a password belongs into MORPHENE_AMQP_URI or"
              + " the file of --config, since flags show in process lists.")
  private String amqpUri;

  @Option(
      names = "--pg-uri",
      paramLabel = "URI",
      description =
          "Database, postgresql://user@host:port/name. One with a password belongs into"
              + " MORPHENE_PG_URI or the file of --config.")
  private String postgresUri;

  @Option(
      names = "--http-host",
      paramLabel = "HOST",
      description = "Address that the coordinator listens on; default 127.0.0.1.")
  private String httpHost;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port that the coordinator listens on, 0 for any; default 8080.")
  private String httpPort;

  /**
   * @param defaults used where neither flag, environment nor file says anything, by key
   */
  public ClusterSettings read(Map<String, String> defaults) {
    SecretInFlag.refuse("--amqp-uri", amqpUri, ClusterSettings.AMQP_VARIABLE, "amqp.uri");
    SecretInFlag.refuse("--pg-uri", postgresUri, ClusterSettings.POSTGRES_VARIABLE, "postgres.uri");
    Map<String, String> flags = new HashMap<>();
    put(flags, "amqp.uri", amqpUri);
    put(flags, "postgres.uri", postgresUri);
    put(flags, "http.host", httpHost);
    put(flags, "http.port", httpPort);
    Map<String, String> environment = new HashMap<>(defaults);
    environment.putAll(System.getenv());
    return ClusterSettings.read(flags, environment, Optional.ofNullable(file));
  }

  private static void put(Map<String, String> flags, String key, String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }
}
