package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.Table;
import dev.morphene.cli.progress.JobLine;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.Readiness;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** How much material there is, as text and as JSON. */
final class ReadinessReport {
  /** One of each type. */
  private static final int CLIPS_NEEDED = 2;

  private ReadinessReport() {}

  static void print(PrintStream out, Style style, Readiness readiness) {
    Instrument instrument = readiness.instrument();
    out.printf(
        Locale.ROOT,
        "%s (number %d, %s tier)%n",
        instrument.name(),
        instrument.number(),
        instrument.tier().word());
    hours(out, "musical", readiness.musicalHours());
    hours(out, "non-musical", readiness.nonmusicalHours());
    out.printf(Locale.ROOT, "%-12s %d%n", "sources", readiness.sources());
    out.printf(
        Locale.ROOT,
        "%-12s %d%s%n",
        "clips",
        readiness.references(),
        readiness.references() < CLIPS_NEEDED ? " of the 2 that audits need" : "");
    out.println(
        readiness.isReady()
            ? style.good("Ready to train.")
            : style.busy("Not ready to train.")
                + " Missing: "
                + String.join(" and ", readiness.missing())
                + ".");
  }

  private static void hours(PrintStream out, String what, double hours) {
    out.printf(
        Locale.ROOT,
        "%-12s %s %.2f of %.1f h%n",
        what,
        JobLine.bar(Math.round(hours * 1_000), Math.round(Readiness.HOURS_NEEDED * 1_000)),
        hours,
        Readiness.HOURS_NEEDED);
  }

  static void printSummary(PrintStream out, Style style, List<Readiness> all) {
    Table table =
        new Table(
            "NUMBER", "INSTRUMENT", "TIER", "MUSICAL", "NON-MUSICAL", "SOURCES", "CLIPS", "READY");
    for (Readiness one : all) {
      table.row(
          one.instrument().number(),
          one.instrument().name(),
          one.instrument().tier().word(),
          String.format(Locale.ROOT, "%.2f h", one.musicalHours()),
          String.format(Locale.ROOT, "%.2f h", one.nonmusicalHours()),
          one.sources(),
          one.references(),
          one.isReady() ? style.good("yes") : "no");
    }
    table.print(out, "No instruments.");
    out.printf(
        Locale.ROOT,
        "Ready to train, with %.1f h of each type: %d of %d.%n",
        Readiness.HOURS_NEEDED,
        all.stream().filter(Readiness::isReady).count(),
        all.size());
  }

  /** The API's fields, with what follows from them. */
  static ObjectNode tree(Readiness readiness) {
    ObjectNode tree = (ObjectNode) ProtocolJson.tree(readiness);
    tree.put("hoursNeeded", Readiness.HOURS_NEEDED);
    tree.put("ready", readiness.isReady());
    ArrayNode missing = tree.putArray("missing");
    readiness.missing().forEach(missing::add);
    return tree;
  }
}
