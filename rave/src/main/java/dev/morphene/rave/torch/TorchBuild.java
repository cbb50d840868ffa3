package dev.morphene.rave.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which libtorch this program was built with; reads it off the class path and loads nothing. */
public final class TorchBuild {
  /** DJL's native artifacts describe themselves here. */
  private static final String PROPERTIES = "/native/lib/pytorch.properties";

  private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
  private static final String FLAVOR = "PYTORCH_FLAVOR";

  private TorchBuild() {}

  /**
   * Whether it can compute on NVIDIA GPUs, if a driver is there. Of libraries in a folder of the
   * operator's ({@code PYTORCH_LIBRARY_PATH}) {@code PYTORCH_FLAVOR} says it: {@code cu124} for
   * instance.
   */
  public static boolean isForCuda() {
    return System.getenv(LIBRARY_PATH) == null
        ? isCuda(bundled())
        : isCuda(System.getenv().getOrDefault(FLAVOR, "cpu"));
  }

  static boolean isCuda(String flavor) {
    return flavor.startsWith("cu");
  }

  private static String bundled() {
    try (InputStream in = TorchBuild.class.getResourceAsStream(PROPERTIES)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("flavor", "cpu");
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
