package dev.morphene.cli.api;

import dev.morphene.client.MorpheneClient;

/**
 * A coordinator to talk to for the length of a command; close it at the end.
 *
 * @param client of it
 * @param closing ends what was started for this session alone
 */
public record CoordinatorSession(MorpheneClient client, Runnable closing) implements AutoCloseable {
  @Override
  public void close() {
    closing.run();
  }
}
