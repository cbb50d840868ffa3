package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.Table;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.rave.audio.SoundProfile;
import dev.morphene.rave.collection.CheckedFile;
import dev.morphene.rave.collection.CollectionReport;
import dev.morphene.rave.collection.Problem;
import dev.morphene.rave.collection.RecordedSource;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What a check found, as text and as JSON. */
final class CheckReport {
  private CheckReport() {}

  static void print(
      PrintStream out, Style style, List<RecordedSource> sources, CollectionReport report) {
    if (!report.files().isEmpty()) {
      table(report).print(out, "No files.");
      out.println();
    }
    for (RecordedSource source : sources) {
      if (source.files().isEmpty()) {
        out.println(
            style.quiet(
                "source " + source.id().orElseThrow() + " names no files; nothing to check."));
      }
    }
    report.problems().forEach(problem -> out.println(style.bad("! ") + problem.sentence()));
    int files = report.files().size();
    int problems = report.problems().size();
    String read = files + (files == 1 ? " file" : " files");
    if (files == 0) {
      out.println("No files to check.");
    } else if (problems == 0) {
      out.println(style.good("All is well: ") + read + ".");
    } else {
      out.println(problems + (problems == 1 ? " problem in " : " problems in ") + read + ".");
    }
  }

  private static Table table(CollectionReport report) {
    Table table =
        new Table(
            "SOURCE", "RATE", "CHANNELS", "SECONDS", "LUFS", "PEAK", "CLIPPED", "SILENCE", "FILE");
    for (CheckedFile checked : report.files()) {
      Object whose = checked.source().isPresent() ? checked.source().getAsLong() : null;
      if (checked.profile().isEmpty()) {
        table.row(whose, null, null, null, null, null, null, null, checked.file());
        continue;
      }
      SoundProfile profile = checked.profile().get();
      table.row(
          whose,
          profile.header().samplingRateHz(),
          profile.header().channels(),
          number("%.1f", profile.seconds()),
          profile.loudness().audible() ? number("%.1f", profile.loudness().integratedLufs()) : null,
          Double.isFinite(profile.loudness().truePeakDecibels())
              ? number("%.1f", profile.loudness().truePeakDecibels())
              : null,
          profile.clippedRuns(),
          number("%.0f %%", 100 * profile.silenceShare()),
          checked.file());
    }
    return table;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  static ObjectNode tree(CollectionReport report) {
    ObjectNode root = ProtocolJson.mapper().createObjectNode();
    root.put("well", report.problems().isEmpty());
    ArrayNode files = root.putArray("files");
    for (CheckedFile checked : report.files()) {
      ObjectNode file = files.addObject();
      checked.source().ifPresent(id -> file.put("source", id));
      file.put("file", checked.file().toString());
      checked.profile().ifPresent(profile -> describe(file, profile));
    }
    ArrayNode problems = root.putArray("problems");
    for (Problem problem : report.problems()) {
      ObjectNode entry = problems.addObject();
      problem.source().ifPresent(id -> entry.put("source", id));
      problem.file().ifPresent(path -> entry.put("file", path.toString()));
      entry.put("kind", problem.kind().name().toLowerCase(Locale.ROOT));
      entry.put("finding", problem.finding());
      entry.put("fix", problem.kind().fix());
    }
    return root;
  }

  private static void describe(ObjectNode file, SoundProfile profile) {
    file.put("samplingRateHz", profile.header().samplingRateHz());
    file.put("channels", profile.header().channels());
    file.put("seconds", profile.seconds());
    finite(file, "integratedLufs", profile.loudness().integratedLufs());
    finite(file, "truePeakDecibels", profile.loudness().truePeakDecibels());
    finite(file, "samplePeakDecibels", profile.samplePeakDecibels());
    file.put("clippedRuns", profile.clippedRuns());
    profile.firstClipSeconds().ifPresent(seconds -> file.put("firstClipSeconds", seconds));
    file.put("silenceShare", profile.silenceShare());
    file.put("contentSha256", profile.contentSha256());
  }

  /** JSON knows no infinity; digital silence has no level. */
  private static void finite(ObjectNode file, String field, double value) {
    if (Double.isFinite(value)) {
      file.put(field, value);
    } else {
      file.putNull(field);
    }
  }
}
