package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Table;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.source.SourceView;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene sources refs}. */
@Command(
    name = "refs",
    description = "Lists reference clips, of all instruments or of one.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources refs --instrument 10"})
final class ReferencesCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;
  @Mixin private InstrumentFilter filter;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /**
   * A clip with whose it is.
   *
   * @param instrument number in the catalogue
   */
  private record Listed(SourceId source, int instrument, SourceType type, ReferenceClip clip) {}

  @Override
  public Integer call() {
    OptionalInt instrument = filter.number();
    try (CoordinatorSession session = coordinator.open()) {
      List<SourceView> sources = session.client().sources().list(instrument);
      if (json) {
        JsonOutput.print(
            System.out,
            Map.of(
                "references",
                sources.stream()
                    .flatMap(
                        view ->
                            view.references().stream()
                                .map(
                                    clip ->
                                        new Listed(
                                            view.id(),
                                            view.source().instrument(),
                                            view.source().type(),
                                            clip)))
                    .toList()));
      } else {
        print(sources);
      }
    }
    return ExitCode.OK;
  }

  private static void print(List<SourceView> sources) {
    Table table = new Table("SOURCE", "INSTRUMENT", "TYPE", "SECONDS", "DESCRIPTION", "FILE");
    for (SourceView view : sources) {
      for (ReferenceClip clip : view.references()) {
        table.row(
            view.id(),
            SourceReport.instrument(view.source()),
            view.source().type().word(),
            clip.durationSeconds().isPresent()
                ? String.format(Locale.ROOT, "%.1f", clip.durationSeconds().getAsDouble())
                : null,
            clip.description().orElse(null),
            clip.file());
      }
    }
    table.print(System.out, "No reference clips.");
  }
}
