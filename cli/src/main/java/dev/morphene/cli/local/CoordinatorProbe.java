package dev.morphene.cli.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Asks whether a coordinator answers at an address. Another program may have taken the port of one
 * that is gone, so what answers must speak like a coordinator.
 */
public final class CoordinatorProbe {
  private static final int CONNECT_LIMIT_MILLIS = 1_000;
  private static final int ANSWER_LIMIT_MILLIS = 5_000;
  private static final int READ_AT_MOST_BYTES = 65_536;
  private static final String SIGN = "\"healthy\"";

  private CoordinatorProbe() {}

  /** An unhealthy coordinator answers too. */
  public static boolean answers(URI address) {
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection) address.resolve("/health").toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(CONNECT_LIMIT_MILLIS);
      connection.setReadTimeout(ANSWER_LIMIT_MILLIS);
      boolean error = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
      try (InputStream in = error ? connection.getErrorStream() : connection.getInputStream()) {
        return in != null
            && new String(in.readNBytes(READ_AT_MOST_BYTES), StandardCharsets.UTF_8).contains(SIGN);
      }
    } catch (IOException | IllegalArgumentException | ClassCastException nobody) {
      return false;
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
