package dev.morphene.coordinator;

import java.util.List;

/** Everything that is wrong with a configuration, at once. */
public final class ConfigurationProblems extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ConfigurationProblems(List<String> problems) {
    super("The coordinator's configuration has problems: " + String.join(" ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each. */
  public List<String> problems() {
    return problems;
  }
}
