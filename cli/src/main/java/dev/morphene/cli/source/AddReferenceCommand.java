package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceView;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene sources add-ref ID --file F}. */
@Command(
    name = "add-ref",
    description = "Adds a reference clip to a source, 30 s for the audits.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: morphene sources add-ref 7 --file violin_ref.wav --description \"slow, two"
          + " octaves\""
    })
final class AddReferenceCommand implements Callable<Integer> {
  private static final double WANTED_SECONDS = 30;
  private static final double SHORTEST_SECONDS = 29.5;

  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the source.")
  private String id;

  @Option(names = "--file", paramLabel = "F", required = true, description = "The clip.")
  private String file;

  @Option(names = "--description", paramLabel = "D", description = "What is to be heard in it.")
  private String description;

  @Override
  public Integer call() {
    SourceId source = FlagValue.id(id);
    Optional<String> described =
        Optional.ofNullable(description).map(text -> FlagValue.text("--description", text));
    List<Path> found = NamedFiles.find("--file", List.of(file));
    if (found.size() != 1) {
      throw FlagValue.off("--file names " + found.size() + " files; add one clip after the other.");
    }
    MeasuredFiles clip = MeasuredFiles.of(found);
    try (CoordinatorSession session = coordinator.open()) {
      SourceView view =
          session
              .client()
              .sources()
              .addReference(
                  source,
                  new ReferenceClip(
                      found.get(0).toString(), described, OptionalDouble.of(clip.seconds())));
      if (clip.seconds() < SHORTEST_SECONDS) {
        System.err.printf(
            Locale.ROOT,
            "Warning: the clip has %.1f s; audits are made with %.0f s.%n",
            clip.seconds(),
            WANTED_SECONDS);
      }
      System.out.printf(
          Locale.ROOT,
          "Reference clip added to source %s: %s, %.1f s.%n",
          view.id(),
          found.get(0),
          clip.seconds());
    }
    return ExitCode.OK;
  }
}
