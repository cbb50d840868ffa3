package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.client.SourceClient;
import dev.morphene.protocol.source.SourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene sources update ID}. */
@Command(
    name = "update",
    description = {
      "Changes what is named of a source; the rest stays.",
      "An empty value takes a field out: --license \"\"."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources update 7 --quality 4 --notes \"take 2 is the best\""})
final class UpdateCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;
  @Mixin private SourceFlags flags;

  @Parameters(paramLabel = "ID", description = "Number of the source.")
  private String id;

  @Override
  public Integer call() {
    SourceId source = FlagValue.id(id);
    ObjectNode changes = flags.fields();
    Optional<List<Path>> files = flags.files();
    if (changes.isEmpty() && files.isEmpty()) {
      throw FlagValue.off(
          "Nothing to change is named; see morphene sources update --help for the flags.");
    }
    Optional<MeasuredFiles> named = files.map(MeasuredFiles::of);
    try (CoordinatorSession session = coordinator.open()) {
      SourceClient sources = session.client().sources();
      if (flags.claimedSeconds().isPresent()) {
        Optional<MeasuredFiles> measured =
            named.isPresent() ? named : recorded(sources.show(source).source().files());
        measured
            .flatMap(known -> known.warning(flags.claimedSeconds().getAsDouble()))
            .ifPresent(System.err::println);
      }
      named.ifPresent(measured -> SourceFlags.put(changes, measured));
      System.out.println(SourceReport.sentence("changed", sources.update(source, changes)));
    }
    return ExitCode.OK;
  }

  /** The files of the record, where all of them are on this machine. */
  private static Optional<MeasuredFiles> recorded(List<String> files) {
    List<Path> paths = files.stream().map(Path::of).toList();
    return !paths.isEmpty() && paths.stream().allMatch(Files::isRegularFile)
        ? Optional.of(MeasuredFiles.of(paths))
        : Optional.empty();
  }
}
