package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.source.SourceView;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.spec.ExportPlan;
import dev.morphene.protocol.spec.SourceRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What follows a training, from what the sources say of its instrument. */
final class FollowUp {
  private static final double FIDELITY = 0.95;
  private static final double SECONDS_PER_HOUR = 3_600;

  private FollowUp() {}

  /**
   * Audits of the kept checkpoints and the export of the best for real time.
   *
   * @param sources of the instrument
   * @param runFolder also the folder of the instrument's model, as the guide has it
   * @param averaged of the moving average of the weights
   */
  static AuditPlan of(
      Instrument instrument, List<SourceView> sources, Path runFolder, boolean averaged) {
    return new AuditPlan(
        reference(instrument, sources, SourceType.MUSICAL),
        reference(instrument, sources, SourceType.NONMUSICAL),
        runFolder.resolve("audit").toString(),
        OptionalDouble.empty(),
        OptionalLong.empty(),
        Optional.of(
            new ExportPlan(
                runFolder.resolve("final").toString(),
                true,
                FIDELITY,
                sources.stream().map(FollowUp::provenance).toList())),
        averaged ? Optional.of(true) : Optional.empty());
  }

  private static String reference(
      Instrument instrument, List<SourceView> sources, SourceType type) {
    return sources.stream()
        .filter(source -> source.source().type() == type)
        .flatMap(source -> source.references().stream())
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.REFUSED,
                    instrument.name()
                        + " has no "
                        + type.word()
                        + " reference clip to audit with; register one with morphene sources"
                        + " add-ref ID --file FILE, or leave --follow-up away."))
        .file();
  }

  private static SourceRecord provenance(SourceView view) {
    return new SourceRecord(
        view.source().type().word(),
        view.source().name(),
        view.source().origin().word(),
        view.source().license(),
        view.source().durationSeconds().orElse(0) / SECONDS_PER_HOUR,
        view.source().files().stream()
            .map(file -> Path.of(file).getFileName())
            .map(String::valueOf)
            .toList());
  }
}
