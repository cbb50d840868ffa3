package dev.morphene.cli.source;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.progress.Terminal;
import dev.morphene.protocol.source.SourceView;
import dev.morphene.rave.collection.CollectionCheck;
import dev.morphene.rave.collection.CollectionReport;
import dev.morphene.rave.collection.RecordedSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene sources check}: are the files what the guide asks for? */
@Command(
    name = "check",
    description = {
      "Compares files with what training wants: mono, 48 kHz, -14 LUFS.",
      "Names clipping, silence, the same sound twice and wrong lengths too; ends with 1 then."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene sources check 10                 the sources of one instrument",
      "  morphene sources check                    all sources",
      "  morphene sources check --files take*.wav  files, without a coordinator"
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description = "Instrument: its number, its name or the beginning of its name.")
  private String instrument;

  @Option(
      names = "--files",
      paramLabel = "F",
      arity = "1..*",
      description = "Files or folders to check instead of sources.")
  private List<String> files;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (files != null && instrument != null) {
      throw FlagValue.off("Take either an instrument or --files, not both.");
    }
    List<RecordedSource> sources =
        files == null
            ? recorded()
            : List.of(
                new RecordedSource(
                    OptionalLong.empty(),
                    OptionalDouble.empty(),
                    NamedFiles.find("--files", files)));
    CollectionReport report = check(sources);
    if (json) {
      JsonOutput.print(System.out, CheckReport.tree(report));
    } else {
      CheckReport.print(System.out, Style.ofThisProcess(), sources, report);
    }
    return report.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private List<RecordedSource> recorded() {
    OptionalInt number =
        instrument == null
            ? OptionalInt.empty()
            : OptionalInt.of(CatalogueWords.instrument(instrument).number());
    try (CoordinatorSession session = coordinator.open()) {
      return session.client().sources().list(number).stream().map(CheckCommand::recorded).toList();
    }
  }

  private static RecordedSource recorded(SourceView view) {
    return new RecordedSource(
        OptionalLong.of(view.id().value()),
        view.source().durationSeconds(),
        view.source().files().stream().map(Path::of).toList());
  }

  private CollectionReport check(List<RecordedSource> sources) {
    Terminal terminal = Terminal.standard();
    try {
      CollectionReport report =
          CollectionCheck.of(
              sources,
              file -> {
                if (!json) {
                  terminal.show(List.of("Reading " + file));
                }
              });
      terminal.show(List.of());
      return report;
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED, "A file cannot be read: " + cause.getMessage(), cause);
    }
  }
}
