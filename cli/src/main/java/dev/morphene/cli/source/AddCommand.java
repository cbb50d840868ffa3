package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceDraft;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code morphene sources add}. */
@Command(
    name = "add",
    description = "Records a source. Instrument, type, name and origin are needed.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  morphene sources add -i 10 -t musical -n \"Violin sessions\" -o recorded \\",
      "      --files take1.wav,take2.wav --quality 4"
    })
final class AddCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;
  @Mixin private SourceFlags flags;

  @Override
  public Integer call() {
    SourceDraft draft = draft();
    try (CoordinatorSession session = coordinator.open()) {
      System.out.println(SourceReport.sentence("added", session.client().sources().add(draft)));
    }
    return ExitCode.OK;
  }

  private SourceDraft draft() {
    ObjectNode fields = flags.fields();
    String missing =
        Stream.of("instrument", "type", "name", "origin")
            .filter(field -> !fields.has(field))
            .map(field -> "--" + field)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw FlagValue.off("Missing: " + missing + "; see morphene sources add --help.");
    }
    Optional<List<Path>> files = flags.files();
    if (files.isPresent()) {
      MeasuredFiles measured = MeasuredFiles.of(files.get());
      flags.claimedSeconds().stream()
          .mapToObj(measured::warning)
          .flatMap(Optional::stream)
          .forEach(System.err::println);
      SourceFlags.put(fields, measured);
    }
    try {
      return ProtocolJson.read(fields, SourceDraft.class);
    } catch (MalformedMessage cause) {
      throw new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
  }
}
