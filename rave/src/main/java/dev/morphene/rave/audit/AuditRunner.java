package dev.morphene.rave.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.audio.Resampler;
import dev.morphene.rave.audio.WavWriter;
import dev.morphene.rave.audit.AuditReport.Criterion;
import dev.morphene.rave.audit.AuditReport.Morph;
import dev.morphene.rave.audit.AuditReport.Reconstruction;
import dev.morphene.rave.audit.AuditReport.Reference;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.process.AuditRequest;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Renders and measures one checkpoint: two reconstructions and five morphs as 48 kHz WAV files of
 * exactly the asked length, then {@code audit.json}, which is written last and tells that all is
 * there. References longer than that are cut, shorter ones repeated. A morph's latents are the
 * linear mix, frame by frame, of the two references' latents.
 */
public final class AuditRunner implements JobRunner<AuditRequest> {
  /** Rate of every file written. */
  public static final int OUTPUT_HZ = 48_000;

  private static final int BITS = 24;
  private static final double LONGEST_SECONDS = 600;
  private static final List<String> KINDS = List.of("musical", "nonmusical");
  private static final int[] MORPH_PERCENTS = {0, 25, 50, 75, 100};
  private static final double MAX_DELAY_SECONDS = 0.25;

  private final CodecLoader loader;

  public AuditRunner() {
    this(CodecLoader.libtorch());
  }

  AuditRunner(CodecLoader loader) {
    this.loader = loader;
  }

  @Override
  public JsonNode run(AuditRequest request, ProcessReporter reporter, StopSignal signal)
      throws Exception {
    if (!(request.durationSeconds() > 0.5 && request.durationSeconds() <= LONGEST_SECONDS)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The duration is "
              + request.durationSeconds()
              + " seconds; use more than 0.5 and at most 600.");
    }
    if (!Files.isRegularFile(request.checkpoint())) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "There is no checkpoint " + request.checkpoint() + "; name one of the run.");
    }
    Files.createDirectories(request.outputFolder());
    // While this is missing, the folder's sound is not of one checkpoint.
    Files.deleteIfExists(request.outputFolder().resolve(AuditReport.FILE_NAME));
    AuditReport report =
        loader.use(
            request.checkpoint(),
            request.emaWeights().orElse(false),
            request.threads(),
            codec -> new Rendering(request, reporter, signal, codec).run());
    report.write(request.outputFolder());
    reporter.progress("measuring", Rendering.STEPS, Rendering.STEPS, Map.of());
    return ProcessJson.mapper().valueToTree(report);
  }

  /** One audit, with what its steps share. */
  private static final class Rendering {
    /** Two encodings, seven renderings, the measures. */
    static final int STEPS = 10;

    private final AuditRequest request;
    private final ProcessReporter reporter;
    private final StopSignal signal;
    private final LatentCodec codec;
    private final int codecHz;
    private final int outputSamples;
    private int delaySamples;
    private int step;

    Rendering(
        AuditRequest request, ProcessReporter reporter, StopSignal signal, LatentCodec codec) {
      this.request = request;
      this.reporter = reporter;
      this.signal = signal;
      this.codec = codec;
      this.codecHz = codec.samplingRateHz();
      this.outputSamples = (int) Math.round(request.durationSeconds() * OUTPUT_HZ);
    }

    AuditReport run() throws Exception {
      List<float[]> references = new ArrayList<>();
      List<float[][]> latents = new ArrayList<>();
      List<Path> files = List.of(request.musicalReference(), request.nonmusicalReference());
      for (int kind = 0; kind < KINDS.size(); kind++) {
        references.add(
            ReferenceClip.read(files.get(kind), KINDS.get(kind), OUTPUT_HZ, outputSamples));
      }
      for (float[] reference : references) {
        begin("encoding");
        latents.add(codec.encode(padded(reference)));
      }
      List<float[]> reconstructed = new ArrayList<>();
      for (int kind = 0; kind < KINDS.size(); kind++) {
        begin("rendering");
        reconstructed.add(reconstruct(latents.get(kind), references.get(kind), kind == 0));
        write(reconstructionName(kind), reconstructed.get(kind));
      }
      List<float[]> morphed = new ArrayList<>();
      for (int percent : MORPH_PERCENTS) {
        begin("rendering");
        float[] decoded = codec.decode(mix(latents.get(0), latents.get(1), percent / 100f));
        morphed.add(toOutput(decoded));
        write(morphName(percent), morphed.get(morphed.size() - 1));
      }
      begin("measuring");
      return measure(references, reconstructed, morphed);
    }

    private void begin(String stage) {
      signal.throwIfStopped(0);
      reporter.progress(stage, step++, STEPS, Map.of());
    }

    /** At the codec's rate, with silence behind for the delay, in whole frames. */
    private float[] padded(float[] reference) {
      float[] samples = Resampler.resample(reference, OUTPUT_HZ, codecHz);
      int needed = (int) Math.round(request.durationSeconds() * codecHz) + maxDelaySamples();
      int ratio = codec.compressionRatio();
      return Arrays.copyOf(samples, (needed + ratio - 1) / ratio * ratio);
    }

    private int maxDelaySamples() {
      return (int) Math.round(MAX_DELAY_SECONDS * codecHz);
    }

    private float[] reconstruct(float[][] latents, float[] reference, boolean findDelay) {
      float[] decoded = codec.decode(latents);
      if (findDelay) {
        float[] input = Resampler.resample(reference, OUTPUT_HZ, codecHz);
        float[] heard = SoundHealth.onlyNumbers(decoded);
        delaySamples = CodecDelay.samples(input, heard, maxDelaySamples(), codecHz);
      }
      return toOutput(decoded);
    }

    private float[] toOutput(float[] decoded) {
      float[] onTime =
          Arrays.copyOfRange(decoded, Math.min(delaySamples, decoded.length), decoded.length);
      // Zeros for what is missing: a codec may give a frame less than it was given.
      return Arrays.copyOf(Resampler.resample(onTime, codecHz, OUTPUT_HZ), outputSamples);
    }

    private static float[][] mix(float[][] musical, float[][] nonmusical, float share) {
      float[][] mixed = new float[musical.length][];
      for (int row = 0; row < mixed.length; row++) {
        mixed[row] = new float[musical[row].length];
        for (int frame = 0; frame < mixed[row].length; frame++) {
          mixed[row][frame] = (1 - share) * musical[row][frame] + share * nonmusical[row][frame];
        }
      }
      return mixed;
    }

    private void write(String name, float[] samples) throws Exception {
      WavWriter.writeMono(request.outputFolder().resolve(name), OUTPUT_HZ, BITS, samples);
    }

    private AuditReport measure(
        List<float[]> references, List<float[]> reconstructed, List<float[]> morphed)
        throws Exception {
      List<Reference> referenceFigures = new ArrayList<>();
      List<Reconstruction> reconstructions = new ArrayList<>();
      List<Path> files = List.of(request.musicalReference(), request.nonmusicalReference());
      for (int kind = 0; kind < KINDS.size(); kind++) {
        SoundHealth health = SoundHealth.measure(references.get(kind), OUTPUT_HZ);
        String file = files.get(kind).getFileName().toString();
        referenceFigures.add(new Reference(KINDS.get(kind), file, health));
        reconstructions.add(
            compare(
                kind,
                reconstructed.get(kind),
                references.get(kind),
                references.get(1 - kind),
                health));
      }
      List<Morph> morphs = new ArrayList<>();
      for (int index = 0; index < MORPH_PERCENTS.length; index++) {
        morphs.add(
            new Morph(
                MORPH_PERCENTS[index] / 100.0,
                morphName(MORPH_PERCENTS[index]),
                SoundHealth.measure(morphed.get(index), OUTPUT_HZ)));
      }
      MorphPath path =
          MorphPath.measure(morphed.stream().map(SoundHealth::onlyNumbers).toList(), OUTPUT_HZ);
      List<Criterion> criteria =
          AuditCriteria.judge(referenceFigures, reconstructions, morphs, path);
      return new AuditReport(
          AuditReport.FORMAT_VERSION,
          request.checkpoint().getFileName().toString(),
          Sha256.of(request.checkpoint()),
          codecHz,
          codec.compressionRatio(),
          codec.latentSize(),
          delaySamples,
          request.durationSeconds(),
          referenceFigures,
          reconstructions,
          morphs,
          path,
          criteria,
          criteria.stream().allMatch(Criterion::passed),
          request.emaWeights().orElse(false));
    }

    private static Reconstruction compare(
        int kind, float[] rendering, float[] own, float[] other, SoundHealth ownHealth) {
      float[] heard = SoundHealth.onlyNumbers(rendering);
      SoundHealth health = SoundHealth.measure(rendering, OUTPUT_HZ);
      TimbrePoint timbre = TimbrePoint.of(heard, OUTPUT_HZ);
      return new Reconstruction(
          KINDS.get(kind),
          reconstructionName(kind),
          health,
          SpectralDistance.multiScale(heard, own),
          SpectralDistance.logMelDecibels(heard, own, OUTPUT_HZ),
          health.loudnessLufs() - ownHealth.loudnessLufs(),
          timbre.distance(TimbrePoint.of(own, OUTPUT_HZ)),
          timbre.distance(TimbrePoint.of(other, OUTPUT_HZ)));
    }

    private static String reconstructionName(int kind) {
      return KINDS.get(kind) + "_recon.wav";
    }
  }

  /** {@code morph_00.wav} to {@code morph_100.wav}. */
  private static String morphName(int percent) {
    return String.format(Locale.ROOT, "morph_%02d.wav", percent);
  }

  /** Names of the five morphs, from musical to nonmusical. */
  public static List<String> morphFiles() {
    return Arrays.stream(MORPH_PERCENTS).mapToObj(AuditRunner::morphName).toList();
  }
}
