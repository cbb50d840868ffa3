package dev.morphene.rave.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.rave.audio.WavReader;
import dev.morphene.rave.audio.WavWriter;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.AuditRunner;
import dev.morphene.rave.audit.CheckpointRanking;
import dev.morphene.rave.audit.CheckpointRanking.Audited;
import dev.morphene.rave.audit.CheckpointRanking.Ranked;
import dev.morphene.rave.audit.ReferenceClip;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.process.ExportRequest;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.storage.FolderSwap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Chooses the best audited checkpoint and delivers the instrument: {@code NAME.ts} for nn~, {@code
 * demo.wav} of 60 seconds and {@code metadata.json}, all of them or none. Where no candidate meets
 * the guide's criteria the best one is delivered with a warning, and the metadata says so.
 */
public final class ExportRunner implements JobRunner<ExportRequest> {
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}][\\p{L}\\p{M}\\p{N} ._-]{0,99}");
  private static final String DEMO = "demo.wav";
  private static final int DEMO_BITS = 24;
  private static final int STEPS = 4;

  private final ExportedModel.Exporter exporter;
  private final InstantSource clock;

  public ExportRunner() {
    this(ExportedModel::write, InstantSource.system());
  }

  ExportRunner(ExportedModel.Exporter exporter, InstantSource clock) {
    this.exporter = exporter;
    this.clock = clock;
  }

  @Override
  public JsonNode run(ExportRequest request, ProcessReporter reporter, StopSignal signal)
      throws Exception {
    check(request);
    reporter.progress("choosing", 0, STEPS, Map.of());
    List<Ranked> ranking = CheckpointRanking.rank(audited(request, reporter));
    Ranked chosen = ranking.get(0);
    requireSameCheckpoint(chosen);
    if (!chosen.passed()) {
      reporter.warning(
          "No checkpoint meets all criteria of the audit; the best, step "
              + chosen.audited().step()
              + ", is exported: "
              + String.join("; ", chosen.reasons())
              + ".");
    }
    try (FolderSwap swap = FolderSwap.begin(request.outputFolder(), ExportRunner::isOurs)) {
      signal.throwIfStopped(0);
      reporter.progress("exporting", 1, STEPS, Map.of());
      Path instrument = swap.folder().resolve(request.name() + ".ts");
      ExportedModel model =
          exporter.export(
              chosen.audited().checkpoint(),
              averaged(request),
              instrument,
              new InstrumentOptions(
                  request.streaming(),
                  request.fidelity(),
                  request.samplingRateHz(),
                  request.channels()));
      model.notes().forEach(reporter::warning);
      HostRequirement requirement = HostRequirement.of(instrument);
      request.hostTorch().ifPresent(requirement::check);
      signal.throwIfStopped(0);
      reporter.progress("making the demonstration", 2, STEPS, Map.of());
      Path demo = swap.folder().resolve(DEMO);
      writeDemo(request, chosen.audited().auditFolder(), demo);
      signal.throwIfStopped(0);
      reporter.progress("packing", 3, STEPS, Map.of());
      ObjectNode metadata =
          InstrumentMetadata.of(
              request, model, requirement, ranking, List.of(instrument, demo), clock.instant());
      ProcessJson.mapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(swap.folder().resolve(InstrumentMetadata.FILE_NAME).toFile(), metadata);
      swap.commit();
      reporter.progress("packing", STEPS, STEPS, Map.of());
      return result(request, metadata);
    }
  }

  private static void check(ExportRequest request) {
    if (!NAME.matcher(request.name()).matches()) {
      throw badInput(
          "The name \""
              + request.name()
              + "\" cannot be a file's; use up to 100 letters, digits, spaces, dots, dashes.");
    }
    if (!(request.fidelity() >= 0.1 && request.fidelity() <= 0.999)) {
      throw badInput("The fidelity is " + request.fidelity() + "; use 0.1 to 0.999.");
    }
  }

  private static boolean averaged(ExportRequest request) {
    return request.emaWeights().orElse(false);
  }

  private static JobFailure badInput(String message) {
    return new JobFailure(FailureClass.BAD_INPUT, message);
  }

  private static List<Audited> audited(ExportRequest request, ProcessReporter reporter) {
    List<Audited> audited = new ArrayList<>();
    for (ExportRequest.Candidate candidate : request.candidates()) {
      try {
        if (!Files.isRegularFile(candidate.checkpoint())) {
          throw badInput("There is no checkpoint " + candidate.checkpoint() + ".");
        }
        AuditReport report = AuditReport.read(candidate.auditFolder());
        if (report.emaWeights() != averaged(request)) {
          throw badInput(
              "Its audit is of "
                  + (averaged(request)
                      ? "the weights themselves; audit their moving average."
                      : "the moving average of the weights; audit the weights themselves."));
        }
        audited.add(
            new Audited(candidate.step(), candidate.checkpoint(), candidate.auditFolder(), report));
      } catch (JobFailure unusable) {
        reporter.warning("Left out: step " + candidate.step() + ". " + unusable.getMessage());
      }
    }
    if (audited.isEmpty()) {
      throw badInput(
          "None of the "
              + request.candidates().size()
              + " candidates has a checkpoint and an audit; audit the run first.");
    }
    return audited;
  }

  private static void requireSameCheckpoint(Ranked chosen) throws IOException {
    Path checkpoint = chosen.audited().checkpoint();
    if (!Sha256.of(checkpoint).equals(chosen.audited().report().checkpointSha256())) {
      throw badInput(
          "The audit in "
              + chosen.audited().auditFolder()
              + " is of another file than "
              + checkpoint
              + "; audit it again.");
    }
  }

  private static boolean isOurs(String name) {
    return name.endsWith(".ts") || name.equals(DEMO) || name.equals(InstrumentMetadata.FILE_NAME);
  }

  private static void writeDemo(ExportRequest request, Path auditFolder, Path demo)
      throws IOException {
    int rate = AuditRunner.OUTPUT_HZ;
    List<float[]> parts = new ArrayList<>();
    for (String morph : AuditRunner.morphFiles()) {
      Path file = auditFolder.resolve(morph);
      if (!Files.isRegularFile(file)) {
        throw badInput("The audit lacks " + file + "; audit the checkpoint again.");
      }
      parts.add(WavReader.readMono(file));
    }
    int samples = parts.get(0).length;
    parts.add(0, ReferenceClip.read(request.musicalReference(), "musical", rate, samples));
    parts.add(ReferenceClip.read(request.nonmusicalReference(), "nonmusical", rate, samples));
    WavWriter.writeMono(demo, rate, DEMO_BITS, DemoTrack.of(parts, rate));
  }

  private static JsonNode result(ExportRequest request, ObjectNode metadata) {
    ObjectNode result = ProcessJson.mapper().createObjectNode();
    result.put("outputFolder", request.outputFolder().toString());
    for (String field : List.of("name", "checkpoint", "latentSize", "samplingRateHz", "files")) {
      result.set(field, metadata.get(field));
    }
    return result;
  }
}
