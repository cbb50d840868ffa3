package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.Required;
import java.util.List;
import java.util.Optional;

/**
 * Raw recordings to a training dataset.
 *
 * @param inputs at least one
 * @param datasetFolder receives the dataset; replaced whole
 * @param samplingRateHz 8,000 to 192,000; default 48,000
 * @param channels 1 or 2; default 1
 * @param signalSamples half a stored chunk, samples; default 131,072
 * @param removeClicks default false
 * @param removeNoise default false
 */
@JsonTypeName("preprocess")
public record PreprocessSpec(
    List<Input> inputs,
    String datasetFolder,
    Optional<Integer> samplingRateHz,
    Optional<Integer> channels,
    Optional<Integer> signalSamples,
    Optional<Boolean> removeClicks,
    Optional<Boolean> removeNoise)
    implements JobSpec {
  public PreprocessSpec {
    inputs = Required.notEmpty(inputs, "inputs");
    AbsolutePath.check(datasetFolder, "datasetFolder");
    samplingRateHz.ifPresent(rate -> Required.between(8_000, 192_000, rate, "samplingRateHz"));
    channels.ifPresent(count -> Required.between(1, 2, count, "channels"));
    signalSamples.ifPresent(samples -> Required.atLeast(1, samples, "signalSamples"));
  }

  @Override
  public JobKind kind() {
    return JobKind.PREPROCESS;
  }

  /**
   * @param sourceType {@code musical} or {@code nonmusical}
   * @param rawFolder searched recursively
   * @param processedFolder receives the processed files
   */
  public record Input(String sourceType, String rawFolder, String processedFolder) {
    public Input {
      Required.text(sourceType, "sourceType");
      AbsolutePath.check(rawFolder, "rawFolder");
      AbsolutePath.check(processedFolder, "processedFolder");
    }
  }
}
