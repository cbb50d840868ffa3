package dev.morphene.cli.api;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.local.CoordinatorProbe;
import dev.morphene.cli.local.DataFolder;
import dev.morphene.cli.local.DataFolderOption;
import dev.morphene.cli.local.LocalCoordinator;
import dev.morphene.client.MorpheneClient;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Finds the coordinator: the flag, then MORPHENE_COORDINATOR, then the local cluster, then the
 * usual port. One that is named must answer; the others are looked for.
 */
public final class CoordinatorAddress {
  private static final String VARIABLE = "MORPHENE_COORDINATOR";
  private static final String USUAL = "http://127.0.0.1:8080";

  @Option(
      names = "--coordinator",
      paramLabel = "URL",
      description =
          "Coordinator to talk to; default: "
              + VARIABLE
              + ", then the local cluster, then "
              + USUAL
              + ".")
  private String url;

  @Mixin private DataFolderOption dataFolder;

  /**
   * A coordinator for the length of a command: the one that is named or runs, or a local one that
   * is started just for this.
   */
  public CoordinatorSession open() {
    Optional<URI> known = named().or(this::running);
    if (known.isPresent()) {
      return lasting(known.get());
    }
    DataFolder data = dataFolder.open();
    Optional<LocalCoordinator> local = LocalCoordinator.start(data, System.err, System::nanoTime);
    return local
        .map(
            coordinator ->
                new CoordinatorSession(
                    new MorpheneClient(coordinator.address()), coordinator::close))
        .orElseGet(
            () -> lasting(data.runningCoordinator().orElseThrow(CoordinatorAddress::noneRuns)));
  }

  /** For commands that make no sense before a coordinator runs. */
  public MorpheneClient connect() {
    return new MorpheneClient(named().or(this::running).orElseThrow(CoordinatorAddress::noneRuns));
  }

  /** The coordinator that the operator names, unchecked. */
  public Optional<URI> named() {
    return Optional.ofNullable(url == null ? System.getenv(VARIABLE) : url)
        .filter(text -> !text.isBlank())
        .map(CoordinatorAddress::parse);
  }

  /** A coordinator that nobody named and that answers. */
  public Optional<URI> running() {
    Optional<URI> local = new DataFolder(dataFolder.root()).runningCoordinator();
    // Who chose a folder means its cluster and no other.
    return local.isPresent() || dataFolder.isChosen()
        ? local
        : Optional.of(URI.create(USUAL)).filter(CoordinatorProbe::answers);
  }

  /** The local cluster's folder. */
  public DataFolderOption dataFolder() {
    return dataFolder;
  }

  private static CoordinatorSession lasting(URI address) {
    return new CoordinatorSession(new MorpheneClient(address), () -> {});
  }

  private static CommandFailure noneRuns() {
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        "No coordinator runs here; start one with morphene up, or name one with --coordinator.");
  }

  private static URI parse(String text) {
    try {
      URI address = URI.create(text.trim());
      if (address.getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
      return address;
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "\"" + text + "\" is no address of a coordinator; write it like " + USUAL + ".",
          cause);
    }
  }
}
