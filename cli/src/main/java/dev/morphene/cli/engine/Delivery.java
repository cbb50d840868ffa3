package dev.morphene.cli.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.progress.ProgressBar;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.process.ExportRequest;
import dev.morphene.rave.process.HostTorch;
import dev.morphene.rave.process.ProcessLine;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The whole package of an instrument: the file for nn~, {@code metadata.json} and {@code demo.wav},
 * made as the queue's job makes it.
 *
 * @param run whose audits say which checkpoint is the best
 * @param name of the instrument and the file
 * @param output replaced whole
 * @param hostTorch that has to read it
 */
record Delivery(
    RunFolder run,
    String name,
    Path output,
    InstrumentOptions options,
    boolean averaged,
    Optional<HostTorch> hostTorch,
    Path musicalReference,
    Path nonmusicalReference) {
  private static final int THREADS = 1;

  /** Makes it; gives the exit code. */
  int make() throws InterruptedException {
    List<ExportRequest.Candidate> candidates =
        run.audited(reason -> System.err.println("morphene: " + reason)).stream()
            .map(
                one -> new ExportRequest.Candidate(one.step(), one.checkpoint(), one.auditFolder()))
            .toList();
    if (candidates.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "There is no audit in "
              + run.audits()
              + ", which the demonstration is made of; run morphene audit --all first.");
    }
    OutputFolder parent = OutputFolder.make(output.toAbsolutePath().normalize().getParent());
    try {
      return EngineSession.within(
          THREADS, "Stopping; nothing is left behind.", session -> export(session, candidates));
    } finally {
      parent.removeEmpty();
    }
  }

  private int export(EngineSession session, List<ExportRequest.Candidate> candidates)
      throws InterruptedException {
    Path folder = output.toAbsolutePath().normalize();
    try (ProgressBar bar = ProgressBar.standard()) {
      JsonNode result =
          session.run(
              JobKind.EXPORT,
              new ExportRequest(
                  name,
                  candidates,
                  folder,
                  options.streaming(),
                  options.fidelity(),
                  musicalReference.toAbsolutePath().normalize(),
                  nonmusicalReference.toAbsolutePath().normalize(),
                  provenance(),
                  THREADS,
                  options.samplingRateHz(),
                  options.channels(),
                  Optional.of(averaged),
                  hostTorch),
              line -> tell(bar, line));
      bar.close();
      System.out.println(
          folder.resolve(name + ".ts")
              + ": step "
              + result.path("checkpoint").path("step").asLong()
              + ", "
              + result.path("latentSize").asInt()
              + " latents, "
              + (options.streaming() ? "streaming" : "offline")
              + "; with metadata.json and demo.wav");
    }
    return ExitCode.OK;
  }

  private static void tell(ProgressBar bar, ProcessLine line) {
    if (line instanceof ProcessLine.Progress progress) {
      bar.show(progress.stage(), progress.step(), progress.totalSteps(), List.of());
    } else if (line instanceof ProcessLine.Warning warning) {
      bar.warn("morphene: " + warning.message());
    }
  }

  private ObjectNode provenance() {
    ObjectNode provenance = ProtocolJson.mapper().createObjectNode();
    InstrumentCatalogue.bundled()
        .byFolderName(name)
        .ifPresent(instrument -> provenance.set("instrument", ProtocolJson.tree(instrument)));
    return provenance;
  }
}
