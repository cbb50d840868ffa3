package dev.morphene.broker;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lost connection is told once, by {@link Broker}; the client's own words go to debug. */
final class QuietExceptionHandler extends ForgivingExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(QuietExceptionHandler.class);

  @Override
  public void handleUnexpectedConnectionDriverException(Connection connection, Throwable cause) {
    LOG.debug("The connection ended.", cause);
  }

  @Override
  protected void log(String message, Throwable cause) {
    LOG.debug(message, cause);
  }
}
