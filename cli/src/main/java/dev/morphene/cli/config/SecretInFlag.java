package dev.morphene.cli.config;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.util.Locale;

/** Keeps passwords out of process arguments, which every user of the machine can read. */
final class SecretInFlag {
  private SecretInFlag() {}

  /**
   * Refuses an address that holds a password; the address itself is not repeated.
   *
   * @param uri may be null
   * @param variable where such an address belongs
   * @param key where else, in a configuration file
   */
  static void refuse(String flag, String uri, String variable, String key) {
    if (uri != null && holdsPassword(uri)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          flag
              + " holds a password, which process lists would show; put the address into "
              + variable
              + ", or as "
              + key
              + " into a file given with --config.");
    }
  }

  /** {@code scheme://user:password@host}, or a parameter that ends in password. */
  static boolean holdsPassword(String uri) {
    int begin = uri.indexOf("://");
    String rest = begin < 0 ? uri : uri.substring(begin + 3);
    int at = rest.lastIndexOf('@');
    return at > 0 && rest.substring(0, at).contains(":")
        || rest.toLowerCase(Locale.ROOT).matches(".*[?&][a-z]*password=.*");
  }
}
