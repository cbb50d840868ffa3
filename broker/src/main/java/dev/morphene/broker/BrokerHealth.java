package dev.morphene.broker;

import java.util.List;

/**
 * What an operator should know about the connection.
 *
 * @param connected whether messages can be published now
 * @param detail "connected", or why not
 * @param notConsuming one sentence for each queue that should be consumed and is not
 */
public record BrokerHealth(boolean connected, String detail, List<String> notConsuming) {
  public boolean isWell() {
    return connected && notConsuming.isEmpty();
  }
}
