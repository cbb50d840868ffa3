package dev.morphene.rave.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.audio.Loudness;
import dev.morphene.rave.audio.LoudnessMeter;
import dev.morphene.rave.audio.RecordedJob;
import dev.morphene.rave.audio.Samples;
import dev.morphene.rave.audio.WavReader;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.AuditRunner;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.checkpoint.OptimizerState;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.AuditRequest;
import dev.morphene.rave.process.ExportRequest;
import dev.morphene.rave.process.ExportRequest.Candidate;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two untrained models of the smallest config, really audited and really exported. */
class ExportRunnerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Path VIOLIN = Samples.reference("violin_ref.wav");
  private static final Path FIRE = Samples.reference("fire_ref.wav");

  @TempDir static Path run;
  private static final List<Candidate> CANDIDATES = new ArrayList<>();

  @TempDir Path folder;
  private final RecordedJob job = new RecordedJob();
  private Path output;

  @BeforeAll
  static void auditTwoCheckpoints() throws Exception {
    CheckpointStore store = CheckpointStore.open(run.resolve("checkpoints"), step -> true);
    for (long step : new long[] {50_000, 100_000}) {
      RaveConfig config = RaveConfig.preset("tiny", 48_000);
      OptimizerState untouched = new OptimizerState(TensorData.scalar(0.0f), Map.of(), Map.of());
      Checkpoint checkpoint =
          new Checkpoint(
              "pyroviolin",
              step,
              1,
              7,
              0,
              0,
              config,
              Map.of("config", "tiny", "batch", "8"),
              ModelWeights.initial(config, step).tensors(),
              untouched,
              untouched,
              ValidationRecord.none());
      Path file = store.write(checkpoint).path();
      Path audit = run.resolve("audit/" + step);
      AuditRequest request = new AuditRequest(file, VIOLIN, FIRE, audit, 3, 2);
      new AuditRunner().run(request, new RecordedJob(), new RecordedJob());
      CANDIDATES.add(new Candidate(step, file, audit));
    }
  }

  @BeforeEach
  void nameOutput() {
    output = folder.resolve("final");
  }

  private ExportRequest request(String name, List<Candidate> candidates, double fidelity) {
    ObjectMapper mapper = ProcessJson.mapper();
    ObjectNode provenance = mapper.createObjectNode();
    provenance.put("tier", "flagship").put("name", "overridden");
    provenance.putArray("sources").add("violin").add("fire");
    return new ExportRequest(name, candidates, output, true, fidelity, VIOLIN, FIRE, provenance, 2);
  }

  private static JobRunner<ExportRequest> runner() {
    return new ExportRunner(ExportedModel::write, InstantSource.fixed(NOW));
  }

  @Test
  void anUntrainedModelIsRenderedAndDoesNotPass() {
    AuditReport report = AuditReport.read(CANDIDATES.get(0).auditFolder());
    assertThat(report.codecSamplingRateHz()).isEqualTo(48_000);
    assertThat(report.latentSize()).isEqualTo(RaveConfig.preset("tiny", 48_000).latentSize());
    assertThat(report.passed()).isFalse();
    assertThat(report.reconstructions().get(0).spectralDistance()).isGreaterThan(1);
  }

  @Test
  void deliversAnInstrument() throws Exception {
    JsonNode result = runner().run(request("pyroviolin", CANDIDATES, 0.95), job, job);

    assertThat(names()).containsExactlyInAnyOrder("pyroviolin.ts", "metadata.json", "demo.wav");
    try (ZipFile instrument = new ZipFile(output.resolve("pyroviolin.ts").toFile())) {
      assertThat(instrument.stream().map(entry -> entry.getName()))
          .anyMatch(entry -> entry.endsWith("/constants.pkl"));
    }
    JsonNode metadata = ProcessJson.mapper().readTree(output.resolve("metadata.json").toFile());
    assertThat(metadata.get("name").asText()).isEqualTo("pyroviolin");
    assertThat(metadata.get("tier").asText()).isEqualTo("flagship");
    assertThat(metadata.get("sources")).hasSize(2);
    assertThat(metadata.get("createdAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(metadata.at("/recipe/batch").asText()).isEqualTo("8");
    assertThat(metadata.get("samplingRateHz").asInt()).isEqualTo(48_000);
    assertThat(metadata.get("fidelity").asDouble()).isEqualTo(0.95);
    assertThat(metadata.get("latentSize").asInt()).isPositive();
    assertThat(metadata.get("minimumHostTorch").asText()).isEqualTo("1.13");
    assertThat(metadata.get("encodeDelaySamples").asInt()).isPositive();
    assertThat(metadata.get("ranking")).hasSize(2);
    assertThat(metadata.at("/ranking/0/score").asDouble())
        .isGreaterThanOrEqualTo(metadata.at("/ranking/1/score").asDouble());
    assertThat(metadata.at("/ranking/0/reasons")).isNotEmpty();
    assertThat(metadata.get("steps").asLong())
        .isEqualTo(metadata.at("/checkpoint/step").asLong())
        .isEqualTo(metadata.at("/ranking/0/step").asLong());
    assertThat(metadata.at("/audit/criteria")).hasSize(4);
    for (JsonNode file : metadata.get("files")) {
      Path path = output.resolve(file.get("name").asText());
      assertThat(file.get("bytes").asLong()).isEqualTo(Files.size(path));
      assertThat(file.get("sha256").asText()).isEqualTo(Sha256.of(path));
    }
    assertThat(result.get("files").toString()).isEqualTo(metadata.get("files").toString());
    assertThat(job.warnings).hasSize(1).first().asString().contains("No checkpoint meets");
  }

  @Test
  void theDemonstrationLastsAMinuteAtTheGuidesLoudness() throws Exception {
    runner().run(request("pyroviolin", CANDIDATES.subList(0, 1), 0.95), job, job);
    float[] demo = WavReader.readMono(output.resolve("demo.wav"));
    assertThat(demo).hasSize(60 * 48_000);
    Loudness loudness = LoudnessMeter.measure(demo, 48_000);
    assertThat(loudness.integratedLufs()).isCloseTo(-14, within(0.5));
    assertThat(loudness.truePeakDecibels()).isLessThanOrEqualTo(-0.99);
    // An untrained model is as good as silent; the references around it are not.
    assertThat(Samples.rms(demo, 0, 7 * 48_000)).isGreaterThan(0.01);
    assertThat(Samples.rms(demo, 53 * 48_000, 60 * 48_000)).isGreaterThan(0.01);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void aFailedExportLeavesTheFormerDelivery() throws Exception {
    Files.createDirectories(output);
    Files.writeString(output.resolve("pyroviolin.ts"), "former");
    ExportRunner failing =
        new ExportRunner(
            (checkpoint, averaged, file, options) -> {
              throw new JobFailure(FailureClass.STORAGE, "The disk is full; free space.");
            },
            InstantSource.fixed(NOW));
    assertThatThrownBy(() -> failing.run(request("pyroviolin", CANDIDATES, 0.95), job, job))
        .isInstanceOf(JobFailure.class);
    assertThat(output.resolve("pyroviolin.ts")).hasContent("former");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(output);
    }
  }

  @Test
  void leavesOutCandidatesWithoutAudit() throws Exception {
    Candidate bare = new Candidate(7, CANDIDATES.get(0).checkpoint(), folder.resolve("none"));
    runner().run(request("pyro violin", List.of(bare, CANDIDATES.get(1)), 0.95), job, job);
    assertThat(job.warnings.get(0)).contains("step 7", "There is no audit");
    assertThat(output.resolve("pyro violin.ts")).exists();

    assertBadInput(request("x", List.of(bare), 0.95), "None of the 1 candidates");
    assertBadInput(request("../x", CANDIDATES, 0.95), "cannot be a file's");
    assertBadInput(request("x", CANDIDATES, 2), "The fidelity is 2.0");
  }

  @Test
  void refusesAnAuditOfAnotherCheckpoint() throws Exception {
    Path other = Files.writeString(folder.resolve("step_000000009.ckpt"), "other weights");
    Candidate swapped = new Candidate(9, other, CANDIDATES.get(0).auditFolder());
    assertBadInput(request("x", List.of(swapped), 0.95), "is of another file");
  }

  private void assertBadInput(ExportRequest request, String words) {
    assertThatThrownBy(() -> runner().run(request, job, job))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining(words);
  }
}
