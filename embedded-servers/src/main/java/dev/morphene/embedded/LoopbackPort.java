package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Asks for a port before a server does, because the servers' own words for "in use" are long. */
final class LoopbackPort {
  /**
   * Below the range out of which Linux gives ports to outgoing connections. A server that starts
   * again on its old port would find it taken now and then, even by a client of its own: one that
   * keeps trying to reach a port of that range will in the end be given it and reach itself.
   */
  private static final int FIRST = 20_000;

  private static final int LAST = 32_767;
  private static final int TRIES = 100;

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
    if (port == 0) {
      return free();
    }
    try {
      bind(port);
      return port;
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

  private static int free() {
    try {
      for (int tried = 0; tried < TRIES; tried++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
        try {
          return bind(port);
        } catch (BindException inUse) {
          // There are thousands more.
        }
      }
      return bind(0);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static int bind(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      // A port in TIME_WAIT after a restart is free for the servers too.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    }
  }
}
