package dev.morphene.cli.config;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Where the cluster's servers are. A flag beats the environment, the environment beats the
 * configuration file; what is nowhere named is absent. Addresses may hold passwords, which process
 * lists must not show, so a flag may name only an address without one.
 *
 * @param amqpUri {@code amqp://user:password@host:port/vhost}
 * @param postgresUri {@code postgresql://user:password@host:port/database}
 * @param httpHost the coordinator listens on; default 127.0.0.1
 * @param httpPort the coordinator listens on; default 8080
 */
public record ClusterSettings(
    Optional<String> amqpUri, Optional<String> postgresUri, String httpHost, int httpPort) {
  /** Environment variable of the broker's address. */
  public static final String AMQP_VARIABLE = "MORPHENE_AMQP_URI";

  /** Environment variable of the database's address. */
  public static final String POSTGRES_VARIABLE = "MORPHENE_PG_URI";

  private static final Map<String, String> VARIABLE_BY_KEY =
      Map.of(
          "amqp.uri",
          AMQP_VARIABLE,
          "postgres.uri",
          POSTGRES_VARIABLE,
          "http.host",
          "MORPHENE_HTTP_HOST",
          "http.port",
          "MORPHENE_HTTP_PORT");

  private static final int DEFAULT_PORT = 8080;

  /**
   * Reads the settings; every problem is told in one failure.
   *
   * @param flags by key, only those that were given
   * @param environment of the process
   * @param file a properties file; absent means none
   */
  public static ClusterSettings read(
      Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
    List<String> problems = new ArrayList<>();
    Map<String, String> values = new HashMap<>();
    file.ifPresent(path -> values.putAll(readFile(path, problems)));
    VARIABLE_BY_KEY.forEach(
        (key, variable) -> {
          String value = environment.get(variable);
          if (value != null && !value.isBlank()) {
            values.put(key, value.trim());
          }
        });
    values.putAll(flags);
    scheme(values, "amqp.uri", List.of("amqp://", "amqps://"), problems);
    scheme(values, "postgres.uri", List.of("postgresql://", "postgres://"), problems);
    int port = port(values.getOrDefault("http.port", Integer.toString(DEFAULT_PORT)), problems);
    if (!problems.isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, String.join(System.lineSeparator(), problems));
    }
    return new ClusterSettings(
        Optional.ofNullable(values.get("amqp.uri")),
        Optional.ofNullable(values.get("postgres.uri")),
        values.getOrDefault("http.host", "127.0.0.1"),
        port);
  }

  /** The broker's address, or a sentence that says how to give it. */
  public String requireAmqpUri() {
    return amqpUri.orElseThrow(() -> missing("broker", AMQP_VARIABLE, "amqp.uri"));
  }

  /** The database's address, or a sentence that says how to give it. */
  public String requirePostgresUri() {
    return postgresUri.orElseThrow(() -> missing("database", POSTGRES_VARIABLE, "postgres.uri"));
  }

  private static CommandFailure missing(String what, String variable, String key) {
    return new CommandFailure(
        ExitCode.USAGE,
        "The address of the "
            + what
            + " is missing; set "
            + variable
            + ", or "
            + key
            + " in a file given with --config.");
  }

  private static Map<String, String> readFile(Path path, List<String> problems) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException cause) {
      problems.add(
          "The configuration file " + path + " cannot be read: " + cause.getMessage() + ".");
    }
    Map<String, String> values = new HashMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (VARIABLE_BY_KEY.containsKey(key)) {
        values.put(key, properties.getProperty(key).trim());
      } else {
        problems.add(
            "The configuration file "
                + path
                + " has the unknown key \""
                + key
                + "\"; known are "
                + String.join(", ", new TreeSet<>(VARIABLE_BY_KEY.keySet()))
                + ".");
      }
    }
    return values;
  }

  private static void scheme(
      Map<String, String> values, String key, List<String> schemes, List<String> problems) {
    String value = values.get(key);
    if (value != null && schemes.stream().noneMatch(value::startsWith)) {
      // The value itself may hold a password, so it is not repeated.
      problems.add("\"" + key + "\" must start with " + String.join(" or ", schemes) + ".");
    }
  }

  private static int port(String text, List<String> problems) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, with the range.
    }
    problems.add("\"http.port\" is a number from 0 to 65535, not \"" + text + "\".");
    return DEFAULT_PORT;
  }
}
