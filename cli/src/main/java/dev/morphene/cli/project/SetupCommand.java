package dev.morphene.cli.project;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene setup}: the guide's folders for one instrument, a tier or all. */
@Command(
    name = "setup",
    description = {
      "Makes the folders and papers of a project. Needs no coordinator.",
      "Run again it adds what is missing; what is there is never touched."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene setup --poc /studio/morphene",
      "  morphene setup --tier flagship /studio/morphene",
      "  morphene setup --instrument 10 /studio/morphene --no-sources",
      "  morphene setup --all /studio/morphene"
    })
public final class SetupCommand implements Callable<Integer> {
  private static final int PYROVIOLIN = 10;

  @Option(
      names = "--poc",
      description = "Pyroviolin, the first to be made, with a checklist of what it has to show.")
  private boolean proofOfConcept;

  @Option(names = "--tier", paramLabel = "T", description = "flagship, strong or experimental.")
  private String tier;

  @Option(
      names = {"-i", "--instrument"},
      paramLabel = "N",
      description = "One: its number, its name or the beginning of its name.")
  private String instrument;

  @Option(names = "--all", description = "All 50, with an index.")
  private boolean all;

  @Option(names = "--no-sources", description = "Leave out the folders for recordings.")
  private boolean withoutSources;

  @Parameters(paramLabel = "PATH", description = "Folder of the project; made when it is missing.")
  private Path path;

  @Override
  public Integer call() {
    long choices =
        Stream.of(proofOfConcept, tier != null, instrument != null, all).filter(on -> on).count();
    if (choices != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Take exactly one of --poc, --tier T, --instrument N and --all; this line has "
              + (choices == 0 ? "none." : choices + "."));
    }
    if (path.toString().isBlank()) {
      throw new CommandFailure(ExitCode.USAGE, "PATH is empty; name a folder for the project.");
    }
    List<Instrument> chosen = chosen();
    ProjectTree tree = ProjectTree.of(path);
    for (Instrument one : chosen) {
      InstrumentFolders folders = tree.add(one, !withoutSources);
      if (proofOfConcept) {
        tree.paper(PocChecklist.FILE_NAME, PocChecklist.of(one, folders));
      }
    }
    if (all) {
      tree.paper(
          "models/INDEX.md", CatalogueIndex.of(tree.project(), InstrumentCatalogue.bundled()));
    }
    System.out.println(tree.outcome().sentence(tree.project()));
    if (chosen.size() == 1) {
      Instrument one = chosen.get(0);
      System.out.println(
          "Go on with "
              + InstrumentFolders.of(tree.project(), one).model().resolve("README.md")
              + (proofOfConcept ? " and " + PocChecklist.FILE_NAME + "." : "."));
    }
    return ExitCode.OK;
  }

  private List<Instrument> chosen() {
    if (instrument != null) {
      return List.of(CatalogueWords.instrument(instrument));
    }
    InstrumentCatalogue catalogue = InstrumentCatalogue.bundled();
    if (tier != null) {
      return catalogue.ofTier(CatalogueWords.tier(tier));
    }
    return all ? catalogue.instruments() : List.of(catalogue.byNumber(PYROVIOLIN).orElseThrow());
  }
}
