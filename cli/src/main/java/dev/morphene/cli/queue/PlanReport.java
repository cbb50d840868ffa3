package dev.morphene.cli.queue;

import dev.morphene.cli.output.Table;
import dev.morphene.cli.output.WallTime;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.view.PlanView;
import java.io.PrintStream;

/** What a submission would become, as text for people. */
final class PlanReport {
  private PlanReport() {}

  static void print(PrintStream out, PlanView plan) {
    Table table = new Table("INSTRUMENT", "MEMORY", "SIDE BY SIDE", "NODE", "GPU", "START", "END");
    for (PlanView.PlannedJob job : plan.jobs()) {
      table.row(
          job.instrument().map(Instrument::name).orElse(job.name()),
          job.needs().map(ByteSize::toString).orElse(null),
          job.sideBySide(),
          job.worker().orElse(null),
          job.gpu().orElse(null),
          job.predictedStart().map(WallTime::minute).orElse(null),
          job.predictedEnd().map(WallTime::minute).orElse(null));
    }
    table.print(out, "No jobs.");
    for (PlanView.PlannedJob job : plan.jobs()) {
      job.objection()
          .ifPresent(
              sentence ->
                  out.println(
                      job.instrument().map(Instrument::name).orElse(job.name()) + ": " + sentence));
    }
    out.println(
        plan.predictedEnd()
            .map(end -> "All would be done by " + WallTime.minute(end) + ".")
            .orElse("When all would be done cannot be told yet."));
    out.println("Nothing was added.");
  }
}
