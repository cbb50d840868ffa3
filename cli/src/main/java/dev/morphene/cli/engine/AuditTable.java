package dev.morphene.cli.engine;

import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.Table;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.CheckpointRanking;
import dev.morphene.rave.audit.CheckpointRanking.Audited;
import dev.morphene.rave.audit.CheckpointRanking.Ranked;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Audits as a table in order of step, and what the best of them lacks. */
final class AuditTable {
  private static final int MOST_REASONS = 2;

  private final Style style;
  private final List<Audited> audited = new ArrayList<>();
  private final SortedMap<Long, String> failed = new TreeMap<>();

  AuditTable(Style style) {
    this.style = style;
  }

  void add(Audited one) {
    audited.add(one);
  }

  /** Notes a checkpoint that could not be rendered. */
  void addFailure(long step, String reason) {
    failed.put(step, reason);
  }

  List<Ranked> ranking() {
    return CheckpointRanking.rank(audited);
  }

  boolean hasFailures() {
    return !failed.isEmpty();
  }

  void print(PrintStream out) {
    Table table =
        new Table(
            "STEP",
            "AUDIT",
            "SCORE",
            "MUSICAL dB",
            "NONMUSICAL dB",
            "ORDER",
            "EVENNESS",
            "SPAN dB");
    List<Ranked> inOrder =
        ranking().stream().sorted(Comparator.comparingLong(one -> one.audited().step())).toList();
    for (Ranked one : inOrder) {
      AuditReport report = one.audited().report();
      table.row(
          String.format(Locale.ROOT, "%06d", one.audited().step()),
          one.passed() ? style.good("passed") : style.bad("failed"),
          number("%.2f", one.score()),
          number("%.1f", report.reconstructions().get(0).logMelDecibels()),
          number("%.1f", report.reconstructions().get(1).logMelDecibels()),
          number("%.2f", report.path().monotony()),
          number("%.2f", report.path().evenness()),
          number("%.1f", report.path().spanDecibels()));
    }
    failed.forEach(
        (step, reason) ->
            table.row(
                String.format(Locale.ROOT, "%06d", step),
                style.bad("not rendered"),
                null,
                null,
                null,
                null,
                null,
                null));
    table.print(out, "No checkpoint was audited.");
    failed.forEach(
        (step, reason) -> out.printf(Locale.ROOT, "%06d not rendered: %s%n", step, reason));
  }

  /** What the best audit lacks; those of the others are in their {@code audit.json}. */
  void printBest(PrintStream out) {
    List<Ranked> ranking = ranking();
    if (ranking.isEmpty()) {
      return;
    }
    Ranked best = ranking.get(0);
    out.printf(
        Locale.ROOT,
        "Best: step %06d, score %.2f, %s%n",
        best.audited().step(),
        best.score(),
        best.audited().auditFolder());
    printUnmet(out, best);
  }

  static void printUnmet(PrintStream out, Ranked one) {
    for (AuditReport.Criterion criterion : one.audited().report().criteria()) {
      if (!criterion.passed()) {
        List<String> reasons = criterion.reasons();
        int shown = Math.min(MOST_REASONS, reasons.size());
        out.printf(
            Locale.ROOT,
            "  not met: %s (%s%s)%n",
            criterion.name(),
            String.join("; ", reasons.subList(0, shown)),
            reasons.size() > shown ? "; and " + (reasons.size() - shown) + " more" : "");
      }
    }
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
