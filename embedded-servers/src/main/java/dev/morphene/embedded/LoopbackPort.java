package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Asks for a port before a server does, because the servers' own words for "in use" are long. */
final class LoopbackPort {
  private LoopbackPort() {}

  /**
   * The port to use: {@code port} itself, or a free one for 0.
   *
   * @param server for the sentence
   * @throws ServerStartFailure when somebody listens on it
   */
  static int claim(int port, String server) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("A port is from 0 to 65535, not " + port + ".");
    }
    try (ServerSocket socket = new ServerSocket()) {
      // A port in TIME_WAIT after a restart is free for the servers too.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    } catch (BindException cause) {
      throw new ServerStartFailure(
          Reason.PORT_IN_USE,
          "Port "
              + port
              + " on 127.0.0.1, meant for the embedded "
              + server
              + ", is in use; stop the program that listens there or choose another port.",
          cause);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
