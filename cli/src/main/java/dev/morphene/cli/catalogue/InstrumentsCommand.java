package dev.morphene.cli.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Table;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code morphene instruments}: the catalogue. Needs no coordinator. */
@Command(
    name = "instruments",
    description = "Lists the 50 instruments, or shows one.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene instruments --list",
      "  morphene instruments --tier flagship",
      "  morphene instruments --show 10"
    })
public final class InstrumentsCommand implements Callable<Integer> {
  @Option(names = "--list", description = "List them; this is what happens without a flag too.")
  private boolean list;

  @Option(
      names = "--tier",
      paramLabel = "T",
      description = "Only those of flagship, strong or experimental; 1, 2 and 3 name them too.")
  private String tier;

  @Option(
      names = "--show",
      paramLabel = "N",
      description = "Details of one: its number, its name or the beginning of its name.")
  private String shown;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (shown != null) {
      if (list || tier != null) {
        throw new CommandFailure(
            ExitCode.USAGE, "Take either --show N, or --list and --tier T, not both.");
      }
      show(System.out, CatalogueWords.instrument(shown));
    } else {
      InstrumentCatalogue catalogue = InstrumentCatalogue.bundled();
      list(
          System.out,
          tier == null ? catalogue.instruments() : catalogue.ofTier(CatalogueWords.tier(tier)));
    }
    return ExitCode.OK;
  }

  private void list(PrintStream out, List<Instrument> instruments) {
    if (json) {
      JsonOutput.print(
          out, Map.of("instruments", instruments.stream().map(InstrumentsCommand::tree).toList()));
      return;
    }
    Table table = new Table("NUMBER", "INSTRUMENT", "TIER", "MUSICAL", "NON-MUSICAL", "FOLDER");
    instruments.forEach(
        instrument ->
            table.row(
                instrument.number(),
                instrument.name(),
                instrument.tier().word(),
                instrument.musicalSource(),
                instrument.nonmusicalSource(),
                instrument.folderName()));
    table.print(out, "No instruments.");
  }

  private void show(PrintStream out, Instrument instrument) {
    if (json) {
      JsonOutput.print(out, tree(instrument));
      return;
    }
    field(out, "number", instrument.number());
    field(out, "name", instrument.name());
    field(out, "tier", instrument.tier().word());
    field(out, "musical", instrument.musicalSource());
    field(out, "non-musical", instrument.nonmusicalSource());
    field(out, "folder", instrument.folderName());
    out.println();
    out.println("Folders, below the project:");
    folders(instrument).forEach(line -> out.println("  " + line));
  }

  private static List<String> folders(Instrument instrument) {
    InstrumentFolders folders = InstrumentFolders.of(Path.of(""), instrument);
    return List.of(
        folders.musicalRaw() + "/",
        folders.musicalProcessed() + "/",
        folders.nonmusicalRaw() + "/",
        folders.nonmusicalProcessed() + "/",
        folders.referenceClips() + "/",
        folders.trainingData() + "/",
        folders.checkpoints() + "/",
        folders.audits() + "/{step}/",
        folders.exportedModel().toString(),
        folders.delivery().resolve("metadata.json").toString(),
        folders.delivery().resolve("demo.wav").toString());
  }

  private static ObjectNode tree(Instrument instrument) {
    ObjectNode tree = (ObjectNode) ProtocolJson.tree(instrument);
    return tree.put("folderName", instrument.folderName());
  }

  private static void field(PrintStream out, String name, Object value) {
    out.printf(Locale.ROOT, "%-12s %s%n", name, value);
  }
}
