package dev.morphene.cli.api;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.local.DataFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * Finds the coordinator: the flag, then MORPHENE_COORDINATOR, then the local cluster, then the
 * usual port.
 */
public final class CoordinatorAddress {
  private static final String VARIABLE = "MORPHENE_COORDINATOR";
  private static final String USUAL = "http://127.0.0.1:8080";

  @Option(
      names = "--coordinator",
      paramLabel = "URL",
      description =
          "Coordinator to talk to; default: MORPHENE_COORDINATOR, then the local cluster, then "
              + USUAL
              + ".")
  private String url;

  public ApiClient connect() {
    String text = url != null ? url : System.getenv(VARIABLE);
    if (text == null) {
      text = localCluster();
    }
    try {
      URI address = URI.create(text.trim());
      if (address.getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
      return new ApiClient(address);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "\"" + text + "\" is no address of a coordinator; write it like " + USUAL + ".",
          cause);
    }
  }

  private static String localCluster() {
    Path file =
        new DataFolder(
                DataFolder.defaultRoot(System.getenv(), Path.of(System.getProperty("user.home"))))
            .addressFile();
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException notUp) {
      return USUAL;
    }
  }
}
