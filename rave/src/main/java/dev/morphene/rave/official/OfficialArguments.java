package dev.morphene.rave.official;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * From a request to the words of {@code rave train}. Every flag is written {@code --flag=value}, so
 * that a value that begins with a dash is not taken for a flag.
 */
final class OfficialArguments {
  /** More load the machine without feeding a GPU faster. */
  private static final int WORKERS_AT_MOST = 8;

  private static final Pattern CONFIG = Pattern.compile("[A-Za-z0-9_]+(\\.gin)?");
  private static final Pattern NAME = Pattern.compile("[^/\\s][^/\\n\\r]*");

  private OfficialArguments() {}

  /**
   * @param channels of the dataset; without them the program cannot build a model
   * @param outputFolder receives this run alone: the program tells runs apart by name and config
   *     only
   * @param checkpoint to go on from; its run's config is taken, so none is named
   * @throws JobFailure BAD_INPUT for a config or name that cannot be given to the program
   */
  static List<String> of(
      TrainRequest request, int channels, Path outputFolder, Optional<Path> checkpoint) {
    checkName(request.name());
    List<String> words = new ArrayList<>();
    words.add("train");
    words.add("--name=" + request.name());
    if (checkpoint.isPresent()) {
      words.add("--ckpt=" + checkpoint.get());
    } else {
      for (String config : configs(request.config())) {
        words.add("--config=" + config);
      }
      // Otherwise the program takes 44,100 and dies of a dataset with another rate.
      words.add("--override=SAMPLING_RATE=" + request.samplingRateHz());
      request.phaseOneSteps().ifPresent(steps -> words.add("--override=PHASE_1_DURATION=" + steps));
    }
    words.add("--db_path=" + request.datasetFolder().toAbsolutePath());
    words.add("--out_path=" + outputFolder.toAbsolutePath());
    words.add("--max_steps=" + request.maxSteps());
    words.add("--val_every=" + request.validateEvery());
    words.add("--save_every=" + request.saveEvery());
    words.add("--batch=" + request.batch());
    words.add("--n_signal=" + request.signalSamples());
    words.add("--channels=" + channels);
    words.addAll(features(request));
    words.add("--workers=" + Math.min(WORKERS_AT_MOST, request.threads()));
    // The one GPU that the environment lets it see, or none at all.
    words.add("--gpu=" + (request.device().equals("cpu") ? "-1" : "0"));
    return List.copyOf(words);
  }

  /** The program knows the features by the same names; it keeps no watch and ends no run early. */
  private static List<String> features(TrainRequest request) {
    TrainingFeatures features = request.features().orElse(TrainingFeatures.none());
    if (!features.stopOn().isEmpty()
        || request.rehearse().orElse(false)
        || features.precision() != Precision.FP32) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The official trainer neither rehearses, ends a run early nor takes a precision; leave"
              + " stopOn, rehearse and precision out or use the native trainer.");
    }
    List<String> words = new ArrayList<>();
    features.randomPitch().ifPresent(range -> words.add("--rand_pitch=" + range));
    if (features.normalize()) {
      words.add("--normalize");
    }
    if (features.derivative()) {
      words.add("--derivative");
    }
    features.augmentations().forEach(augmentation -> words.add("--augment=" + augmentation.word()));
    features.emaFactor().ifPresent(factor -> words.add("--ema=" + factor));
    return words;
  }

  /** Configs by name, the later ones change the earlier. */
  static List<String> configs(String config) {
    List<String> names = List.of(config.split(",", -1));
    for (String name : names) {
      if (!CONFIG.matcher(name).matches()) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "\""
                + config
                + "\" is no config of the official trainer; use v2, v2_small, v3 or another of its"
                + " names, several divided by commas.");
      }
    }
    return names;
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The name of a run is part of a folder's name; got \"" + name + "\", use letters.");
    }
  }
}
