package dev.morphene.cli.local;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Flag that says which data folder the local cluster has; mixed into the commands that need it. */
public final class DataFolderOption {
  private static final String VARIABLE = "MORPHENE_DATA";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where the local cluster keeps its data; default: "
              + VARIABLE
              + ", then morphene below the user's data home.")
  private Path folder;

  /** Whether the operator chose it, by the flag or by the environment. */
  public boolean isChosen() {
    return folder != null || chosenByEnvironment(System.getenv());
  }

  /** Makes the folder when there is none. */
  public DataFolder open() {
    return DataFolder.open(root());
  }

  public Path root() {
    if (folder != null) {
      return folder;
    }
    Map<String, String> environment = System.getenv();
    return chosenByEnvironment(environment)
        ? Path.of(environment.get(VARIABLE))
        : DataFolder.defaultRoot(environment, Path.of(System.getProperty("user.home")));
  }

  private static boolean chosenByEnvironment(Map<String, String> environment) {
    return !environment.getOrDefault(VARIABLE, "").isBlank();
  }
}
