package dev.morphene.cli.source;

import dev.morphene.cli.output.Table;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceView;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Sources as text for people. */
final class SourceReport {
  private static final double SECONDS_PER_HOUR = 3_600;

  private SourceReport() {}

  /** {@code Source 7 added: Violin sessions (musical, Pyroviolin), 1.50 h.} */
  static String sentence(String what, SourceView view) {
    SourceDraft source = view.source();
    return "Source " + view.id() + " " + what + ": " + label(source) + ", " + length(source) + ".";
  }

  static String label(SourceDraft source) {
    return source.name() + " (" + source.type().word() + ", " + instrument(source) + ")";
  }

  static String instrument(SourceDraft source) {
    return InstrumentCatalogue.bundled()
        .byNumber(source.instrument())
        .map(Instrument::name)
        .orElse("instrument " + source.instrument());
  }

  private static String length(SourceDraft source) {
    OptionalDouble seconds = source.durationSeconds();
    return seconds.isPresent() ? hours(seconds.getAsDouble()) + " h" : "length unknown";
  }

  /** Short material is a few seconds; it must not look like none. */
  private static String hours(double seconds) {
    double hours = seconds / SECONDS_PER_HOUR;
    return String.format(Locale.ROOT, hours > 0 && hours < 0.1 ? "%.4f" : "%.2f", hours);
  }

  static void printTable(PrintStream out, List<SourceView> sources) {
    Table table =
        new Table(
            "ID", "INSTRUMENT", "TYPE", "HOURS", "ORIGIN", "QUALITY", "FILES", "CLIPS", "NAME");
    for (SourceView view : sources) {
      SourceDraft source = view.source();
      table.row(
          view.id(),
          instrument(source),
          source.type().word(),
          source.durationSeconds().isPresent()
              ? hours(source.durationSeconds().getAsDouble())
              : null,
          source.origin().word(),
          source.quality().isPresent() ? source.quality().getAsInt() : null,
          source.files().size(),
          view.references().size(),
          source.name());
    }
    table.print(out, "No sources.");
  }

  static void printSource(PrintStream out, SourceView view) {
    SourceDraft source = view.source();
    field(out, "source", view.id() + ", " + source.name());
    field(out, "instrument", source.instrument() + ", " + instrument(source));
    field(out, "type", source.type().word());
    field(out, "origin", source.origin().word());
    source.license().ifPresent(text -> field(out, "license", text));
    source.restrictions().ifPresent(text -> field(out, "restrictions", text));
    field(
        out,
        "length",
        length(source)
            + (source.durationSeconds().isPresent()
                ? String.format(Locale.ROOT, " (%.1f s)", source.durationSeconds().getAsDouble())
                : ""));
    source.quality().ifPresent(quality -> field(out, "quality", quality + " of 5"));
    if (!source.processing().isEmpty()) {
      field(out, "processing", String.join(", ", source.processing()));
    }
    source.files().forEach(file -> field(out, "file", file));
    view.references().forEach(clip -> field(out, "clip", clip(clip)));
    source.notes().ifPresent(text -> field(out, "notes", text));
    field(out, "added", view.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
    if (!view.changedAt().equals(view.createdAt())) {
      field(out, "changed", view.changedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }

  private static String clip(ReferenceClip clip) {
    return clip.file()
        + (clip.durationSeconds().isPresent()
            ? String.format(Locale.ROOT, ", %.1f s", clip.durationSeconds().getAsDouble())
            : "")
        + clip.description().map(text -> ", " + text).orElse("");
  }

  private static void field(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-12s %s%n", name, value);
  }
}
