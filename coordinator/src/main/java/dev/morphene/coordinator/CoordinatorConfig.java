package dev.morphene.coordinator;

import dev.morphene.broker.BrokerConfig;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a coordinator needs to know. All problems are reported at once, before anything is
 * connected.
 *
 * @param postgresUri {@code postgresql://user:password@host:port/database}
 * @param amqpUri {@code amqp://user:password@host:port[/vhost]}
 * @param queuePrefix before every queue name; usually empty
 * @param httpHost address to listen on; the API knows no users, so anything but the loopback
 *     address belongs behind a gateway that does
 * @param httpPort 0 for any free one
 * @param lease how long a node may run an attempt without renewing; 500 ms to 10 min
 * @param grace waited beyond the lease before the job goes elsewhere
 * @param reapEvery how often lapsed leases and passed back-offs are looked for
 * @param publishEvery how often the outbox is looked at when nothing wakes the publisher
 * @param unclaimedLimit how long a published job is unclaimed before its message is looked for
 * @param retryBase pause after a job's first failure; doubled with each further one
 * @param publishWindow jobs of a size that are published beyond what the nodes have room for, 1 or
 *     more
 * @param eventsKept how long events, log lines included, stay after the end of their job; 1 to
 *     36,500 days
 * @param joinToken that nodes have to show; absent: whoever has an account at the broker may join
 */
public record CoordinatorConfig(
    String postgresUri,
    String amqpUri,
    String queuePrefix,
    String httpHost,
    int httpPort,
    Duration lease,
    Duration grace,
    Duration reapEvery,
    Duration publishEvery,
    Duration unclaimedLimit,
    Duration retryBase,
    int publishWindow,
    Duration eventsKept,
    Optional<String> joinToken) {
  private static final long MOST_DAYS = 36_500;

  /** How long events stay unless told otherwise. */
  public static final Duration EVENTS_KEPT = Duration.ofDays(400);

  /**
   * @throws ConfigurationProblems with all of them
   */
  public CoordinatorConfig {
    List<String> problems = new ArrayList<>();
    check(problems, "postgresUri", () -> PgConnectOptions.fromUri(postgresUri));
    check(problems, "amqpUri", () -> BrokerConfig.of(amqpUri));
    check(problems, "queuePrefix", () -> BrokerConfig.of("amqp://any", queuePrefix));
    if (httpHost == null || httpHost.isBlank()) {
      problems.add("httpHost is an address to listen on, 127.0.0.1 for instance.");
    }
    if (httpPort < 0 || httpPort > 65_535) {
      problems.add("httpPort is from 0 to 65535, not " + httpPort + ".");
    }
    between(problems, "lease", lease, Duration.ofMillis(500), Duration.ofMinutes(10));
    between(problems, "grace", grace, Duration.ZERO, Duration.ofMinutes(10));
    between(problems, "reapEvery", reapEvery, Duration.ofMillis(10), Duration.ofMinutes(1));
    between(problems, "publishEvery", publishEvery, Duration.ofMillis(10), Duration.ofMinutes(1));
    between(
        problems, "unclaimedLimit", unclaimedLimit, Duration.ofMillis(100), Duration.ofHours(1));
    between(problems, "retryBase", retryBase, Duration.ofMillis(1), Duration.ofHours(1));
    if (publishWindow < 1) {
      problems.add("publishWindow is 1 or more, not " + publishWindow + ".");
    }
    if (eventsKept == null
        || eventsKept.compareTo(Duration.ofDays(1)) < 0
        || eventsKept.compareTo(Duration.ofDays(MOST_DAYS)) > 0) {
      problems.add("eventsKept is from 1 to " + MOST_DAYS + " days.");
    }
    if (joinToken.filter(String::isBlank).isPresent()) {
      problems.add("joinToken is empty; leave it away to ask for none.");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationProblems(problems);
    }
  }

  /** The usual times, on the loopback address. */
  public static CoordinatorConfig of(String postgresUri, String amqpUri, int httpPort) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        "",
        "127.0.0.1",
        httpPort,
        Duration.ofSeconds(20),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        32,
        EVENTS_KEPT,
        Optional.empty());
  }

  public CoordinatorConfig withHttpHost(String host) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        queuePrefix,
        host,
        httpPort,
        lease,
        grace,
        reapEvery,
        publishEvery,
        unclaimedLimit,
        retryBase,
        publishWindow,
        eventsKept,
        joinToken);
  }

  public CoordinatorConfig withQueuePrefix(String prefix) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        prefix,
        httpHost,
        httpPort,
        lease,
        grace,
        reapEvery,
        publishEvery,
        unclaimedLimit,
        retryBase,
        publishWindow,
        eventsKept,
        joinToken);
  }

  public CoordinatorConfig withJoinToken(Optional<String> token) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        queuePrefix,
        httpHost,
        httpPort,
        lease,
        grace,
        reapEvery,
        publishEvery,
        unclaimedLimit,
        retryBase,
        publishWindow,
        eventsKept,
        token);
  }

  public CoordinatorConfig withEventsKept(Duration kept) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        queuePrefix,
        httpHost,
        httpPort,
        lease,
        grace,
        reapEvery,
        publishEvery,
        unclaimedLimit,
        retryBase,
        publishWindow,
        kept,
        joinToken);
  }

  /**
   * @param lease see above
   * @param grace see above
   * @param every for reaping and publishing alike
   * @param retryBase see above
   * @param unclaimedLimit see above
   */
  public CoordinatorConfig withTimes(
      Duration lease, Duration grace, Duration every, Duration retryBase, Duration unclaimedLimit) {
    return new CoordinatorConfig(
        postgresUri,
        amqpUri,
        queuePrefix,
        httpHost,
        httpPort,
        lease,
        grace,
        every,
        every,
        unclaimedLimit,
        retryBase,
        publishWindow,
        eventsKept,
        joinToken);
  }

  private static void check(List<String> problems, String field, Runnable parse) {
    try {
      parse.run();
    } catch (RuntimeException wrong) {
      // The driver's own words may repeat the password.
      problems.add(
          wrong instanceof IllegalArgumentException && !field.equals("postgresUri")
              ? field + ": " + wrong.getMessage()
              : field + " is postgresql://user:password@host:port/database.");
    }
  }

  private static void between(
      List<String> problems, String field, Duration value, Duration least, Duration most) {
    if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      problems.add(
          field
              + " is from "
              + least.toMillis()
              + " to "
              + most.toMillis()
              + " ms, not "
              + (value == null ? "absent" : value.toMillis() + " ms")
              + ".");
    }
  }

  /** Without passwords. */
  @Override
  public String toString() {
    PgConnectOptions postgres = PgConnectOptions.fromUri(postgresUri);
    return "coordinator on http://"
        + httpHost
        + ":"
        + httpPort
        + ", database "
        + postgres.getHost()
        + ":"
        + postgres.getPort()
        + "/"
        + postgres.getDatabase()
        + ", broker "
        + BrokerConfig.of(amqpUri);
  }
}
