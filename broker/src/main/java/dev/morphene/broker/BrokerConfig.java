package dev.morphene.broker;

import dev.morphene.protocol.queue.QueueName;
import java.net.URI;
import java.time.Duration;

/**
 * Where the broker is and how it is spoken to.
 *
 * @param uri {@code amqp://user:password@host:port[/vhost]} or {@code amqps://...}
 * @param queuePrefix put before every queue name, so that several clusters can share a broker; may
 *     be empty
 * @param confirmTimeout how long a publish may wait for its confirm
 * @param firstReconnectDelay doubled with each failure
 * @param lastReconnectDelay and no longer than this
 */
public record BrokerConfig(
    String uri,
    String queuePrefix,
    Duration confirmTimeout,
    Duration firstReconnectDelay,
    Duration lastReconnectDelay) {

  public BrokerConfig {
    String scheme = scheme(uri);
    if (!"amqp".equals(scheme) && !"amqps".equals(scheme)) {
      throw new IllegalArgumentException(
          "The broker's address is amqp://user:password@host:port or amqps://..., not one of"
              + " scheme \""
              + scheme
              + "\".");
    }
    if (queuePrefix == null || !queuePrefix.matches("[A-Za-z0-9._-]{0,60}")) {
      throw new IllegalArgumentException(
          "A queue prefix is at most 60 letters, digits, dots, dashes or underscores, not \""
              + queuePrefix
              + "\".");
    }
    if (firstReconnectDelay.compareTo(lastReconnectDelay) > 0 || firstReconnectDelay.isNegative()) {
      throw new IllegalArgumentException(
          "The first reconnect delay is from 0 to the last one's length.");
    }
  }

  /** The usual times, no prefix. */
  public static BrokerConfig of(String uri) {
    return of(uri, "");
  }

  /** The usual times. */
  public static BrokerConfig of(String uri, String queuePrefix) {
    return new BrokerConfig(
        uri, queuePrefix, Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofSeconds(2));
  }

  private static String scheme(String uri) {
    try {
      return uri == null ? null : URI.create(uri).getScheme();
    } catch (IllegalArgumentException cause) {
      // The address holds a password: it is not repeated.
      throw new IllegalArgumentException("The broker's address is not a URI.", cause);
    }
  }

  /** The queue's name on the broker. */
  String nameOf(QueueName queue) {
    return queuePrefix + queue.value();
  }

  /** How long to wait before connection attempt {@code failures + 1}. */
  Duration reconnectDelay(int failures) {
    long factor = 1L << Math.min(failures, 20);
    Duration grown = firstReconnectDelay.multipliedBy(factor);
    return grown.compareTo(lastReconnectDelay) > 0 ? lastReconnectDelay : grown;
  }

  /** Without the password. */
  @Override
  public String toString() {
    URI address = URI.create(uri);
    return address.getScheme()
        + "://"
        + address.getHost()
        + (address.getPort() < 0 ? "" : ":" + address.getPort());
  }
}
