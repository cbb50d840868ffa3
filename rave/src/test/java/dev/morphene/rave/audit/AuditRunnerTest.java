package dev.morphene.rave.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.audio.RecordedJob;
import dev.morphene.rave.audio.Samples;
import dev.morphene.rave.audio.WavReader;
import dev.morphene.rave.audio.WavWriter;
import dev.morphene.rave.audit.AuditReport.Criterion;
import dev.morphene.rave.audit.AuditReport.Morph;
import dev.morphene.rave.audit.AuditReport.Reconstruction;
import dev.morphene.rave.process.AuditRequest;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditRunnerTest {
  @TempDir Path folder;
  private final RecordedJob job = new RecordedJob();
  private Path checkpoint;
  private Path output;

  @BeforeEach
  void makeCheckpoint() throws Exception {
    checkpoint = Files.writeString(folder.resolve("step_000050000.ckpt"), "weights");
    output = folder.resolve("audit/050000");
  }

  private AuditRequest request(double seconds) {
    return new AuditRequest(
        checkpoint,
        Samples.reference("violin_ref.wav"),
        Samples.reference("fire_ref.wav"),
        output,
        seconds,
        1);
  }

  private AuditReport audit(
      int rateHz, int delaySamples, double seconds, UnaryOperator<float[]> fault) throws Exception {
    WaveCodec.audit(rateHz, delaySamples, fault).run(request(seconds), job, job);
    return AuditReport.read(output);
  }

  @Test
  void rendersAndMeasuresACodecThatGivesBackWhatItGets() throws Exception {
    AuditReport report = audit(48_000, 0, 6, UnaryOperator.identity());

    for (String file : AuditRunner.morphFiles()) {
      assertThat(WavReader.readMono(output.resolve(file))).hasSize(288_000);
    }
    assertThat(AuditRunner.morphFiles())
        .containsExactly(
            "morph_00.wav", "morph_25.wav", "morph_50.wav", "morph_75.wav", "morph_100.wav");
    float[] musical = WavReader.readMono(output.resolve("musical_recon.wav"));
    float[] reference =
        ReferenceClip.read(Samples.reference("violin_ref.wav"), "musical", 48_000, 288_000);
    for (int index = 0; index < musical.length; index++) {
      assertThat(musical[index]).isCloseTo(reference[index], within(1e-6f));
    }
    assertThat(WavReader.readMono(output.resolve("morph_00.wav"))).isEqualTo(musical);
    for (Reconstruction one : report.reconstructions()) {
      assertThat(one.spectralDistance()).isLessThan(1e-6);
      assertThat(one.logMelDecibels()).isLessThan(1e-6);
      assertThat(one.loudnessDifferenceLu()).isZero();
      assertThat(one.ownTimbreDecibels()).isLessThan(one.otherTimbreDecibels());
    }
    assertThat(report.morphs())
        .extracting(Morph::nonmusicalShare)
        .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
    assertThat(report.path().monotony()).isEqualTo(1);
    assertThat(report.criteria()).hasSize(4).allMatch(Criterion::passed);
    assertThat(report.passed()).isTrue();
    assertThat(report.checkpointSha256()).hasSize(64);
    assertThat(job.lastStep).isEqualTo(job.totalSteps);
  }

  @Test
  void takesOutTheDelayAndTheRateOfACodec() throws Exception {
    AuditReport report = audit(32_000, 1_000, 3, UnaryOperator.identity());
    assertThat(report.delaySamples()).isBetween(999, 1_001);
    assertThat(report.codecSamplingRateHz()).isEqualTo(32_000);
    assertThat(WavReader.readMono(output.resolve("nonmusical_recon.wav"))).hasSize(144_000);
    float[] musical = WavReader.readMono(output.resolve("musical_recon.wav"));
    float[] reference =
        ReferenceClip.read(Samples.reference("violin_ref.wav"), "musical", 48_000, 144_000);
    double error = 0;
    for (int index = 0; index < musical.length; index++) {
      error += Math.pow(musical[index] - reference[index], 2);
    }
    double relative =
        Math.sqrt(error / musical.length) / Samples.rms(reference, 0, reference.length);
    assertThat(relative).isLessThan(0.2);
  }

  @Test
  void repeatsAShortReference() throws Exception {
    Path wav = folder.resolve("short.wav");
    WavWriter.writeMono(wav, 48_000, 24, Samples.sine(480, 0.4, 1, 48_000));
    float[] clip = ReferenceClip.read(wav, "musical", 48_000, 120_000);
    assertThat(Arrays.copyOfRange(clip, 48_000, 96_000)).isEqualTo(Arrays.copyOf(clip, 48_000));
    assertThat(Samples.rms(clip, 110_000, 120_000)).isCloseTo(0.283, within(0.01));
  }

  private static List<String> failed(AuditReport report) {
    return report.criteria().stream()
        .filter(criterion -> !criterion.passed())
        .map(Criterion::name)
        .toList();
  }

  @Test
  void namesWhatIsWrongWithABrokenModel() throws Exception {
    AuditReport dead = audit(48_000, 0, 1, samples -> new float[samples.length]);
    assertThat(dead.passed()).isFalse();
    assertThat(dead.criteria()).noneMatch(Criterion::passed);
    assertThat(dead.criteria().get(1).reasons()).contains("morph_50.wav: the output does not move");

    AuditReport notNumbers =
        audit(
            48_000,
            0,
            1,
            samples -> {
              samples[100] = Float.NaN;
              return samples;
            });
    assertThat(failed(notNumbers)).containsExactly("no catastrophic artefacts");
    assertThat(notNumbers.criteria().get(1).reasons())
        .contains("musical_recon.wav: 1 samples are no numbers");

    AuditReport clipping =
        audit(
            48_000,
            0,
            1,
            samples -> {
              for (int index = 0; index < samples.length; index++) {
                samples[index] = Math.max(-1, Math.min(1, 30 * samples[index]));
              }
              return samples;
            });
    assertThat(failed(clipping)).contains("no catastrophic artefacts");

    AuditReport alike =
        audit(48_000, 0, 1, samples -> Samples.sine(300, 0.2, samples.length / 48_000.0, 48_000));
    assertThat(failed(alike))
        .contains("transitions between morph points are smooth", "both sources recognisable");
  }

  @Test
  void refusesWhatCannotBeAudited() throws Exception {
    assertBadInput(request(0), "The duration is 0.0");
    AuditRequest missing =
        new AuditRequest(
            checkpoint,
            folder.resolve("none.wav"),
            Samples.reference("fire_ref.wav"),
            output,
            1,
            1);
    assertBadInput(
        missing, "The musical reference " + folder.resolve("none.wav") + " is not there");
    Files.delete(checkpoint);
    assertBadInput(request(1), "There is no checkpoint");
  }

  private void assertBadInput(AuditRequest request, String words) {
    AuditRunner runner = WaveCodec.audit(48_000, 0, UnaryOperator.identity());
    assertThatThrownBy(() -> runner.run(request, job, job))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining(words);
  }

  @Test
  void aStoppedAuditLeavesNoReport() throws Exception {
    audit(48_000, 0, 1, UnaryOperator.identity());
    AuditRunner stopping =
        WaveCodec.audit(
            48_000,
            0,
            samples -> {
              job.stop = true;
              return samples;
            });
    assertThatThrownBy(() -> stopping.run(request(1), job, job)).isInstanceOf(JobStopped.class);
    assertThat(output.resolve(AuditReport.FILE_NAME)).doesNotExist();
  }
}
