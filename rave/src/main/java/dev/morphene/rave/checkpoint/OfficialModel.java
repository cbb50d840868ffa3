package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.gin.GinConfig;
import dev.morphene.rave.gin.OfficialSettings;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The model in a checkpoint of the official trainer. Weights have the names and shapes they have
 * here; what the model is, the shapes say together with the {@code config.gin} of its run. Runs of
 * ours have a note besides.
 */
final class OfficialModel {
  /** A key that every checkpoint of its framework has, and no other. */
  static final String FRAMEWORK = "pytorch-lightning_version";

  private static final String STEP = "global_step";
  private static final String WEIGHTS = "state_dict";
  static final String CALLBACKS = "callbacks";
  static final String AVERAGE = "EMA";
  private static final String DISCRIMINATOR = "discriminator.";

  /** What the official trainer puts behind a run's name. */
  private static final Pattern HASH = Pattern.compile("_[0-9a-f]{10}$");

  /** Left by a streaming run, and no part of what was learnt. */
  private static final Pattern CACHE = Pattern.compile(".*\\.(?:cache|pad)");

  /** Of the switch of the quantisers, which is on wherever the model is used. */
  private static final String ENABLED = "encoder.enabled";

  private OfficialModel() {}

  static boolean isIn(Path file) {
    return CheckpointTree.ofAnyTrainer(file, keys -> keys.get(0).equals(FRAMEWORK)).has(FRAMEWORK);
  }

  /**
   * @throws JobFailure UNREADABLE when it is damaged in what is read or no model that is known
   *     here, BAD_INPUT when its config.gin asks for such a one
   */
  static TrainedModel read(Path file) {
    return of(file, CheckpointTree.ofAnyTrainer(file, OfficialModel::wanted));
  }

  /** The model in a file of which at least what {@link #read} wants has been read. */
  static TrainedModel of(Path file, CheckpointTree tree) {
    Map<String, TensorData> tensors = tree.tensors(WEIGHTS);
    List<String> notes = new ArrayList<>();
    Optional<RunNote> run = RunNote.above(file);
    Optional<Path> gin = OfficialFiles.config(file);
    RaveConfig config = config(file, tensors, run, gin, notes);
    refuseStrangers(config, tensors);
    Map<String, TensorData> weights = new LinkedHashMap<>(tensors);
    weights.keySet().removeIf(key -> key.startsWith(DISCRIMINATOR));
    long step = tree.number(STEP);
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("config", config.name());
    recipe.put("channels", Integer.toString(config.channels()));
    recipe.put("samplingRateHz", Integer.toString(config.samplingRateHz()));
    recipe.put("phaseOneSteps", Long.toString(config.training().phaseOneSteps()));
    recipe.put("name", name(file, gin));
    run.ifPresent(note -> recipe.putAll(note.recipe()));
    return new TrainedModel(
        recipe.get("name"),
        step,
        step < config.training().phaseOneSteps() ? 1 : 2,
        config,
        recipe,
        weights,
        notes);
  }

  /** Averaged parameters of encoder and decoder; empty when the run kept none. */
  static Optional<Map<String, TensorData>> average(Path file) {
    return average(
        CheckpointTree.ofAnyTrainer(
            file,
            keys ->
                keys.get(0).equals(CALLBACKS)
                    && (keys.size() == 1
                        || keys.get(1).equals(AVERAGE)
                            && (keys.size() == 2 || isNetwork(keys.get(2))))));
  }

  static Optional<Map<String, TensorData>> average(CheckpointTree tree) {
    if (!tree.has(CALLBACKS) || !tree.child(CALLBACKS).has(AVERAGE)) {
      return Optional.empty();
    }
    Map<String, TensorData> average = tree.child(CALLBACKS).tensors(AVERAGE);
    average.keySet().removeIf(key -> !isNetwork(key));
    return Optional.of(average);
  }

  private static boolean isNetwork(String key) {
    return key.startsWith("encoder.") || key.startsWith("decoder.");
  }

  private static boolean wanted(List<String> keys) {
    if (!keys.get(0).equals(WEIGHTS)) {
      return keys.get(0).equals(STEP);
    }
    // Of the discriminators only what tells their kind and size.
    return keys.size() == 1
        || !keys.get(1).startsWith(DISCRIMINATOR)
        || keys.get(1).endsWith(".bias")
        || keys.get(1).endsWith(".window");
  }

  private static RaveConfig config(
      Path file,
      Map<String, TensorData> tensors,
      Optional<RunNote> run,
      Optional<Path> gin,
      List<String> notes) {
    if (gin.isPresent()) {
      OfficialSettings settings = OfficialSettings.of(GinConfig.read(gin.get()));
      if (settings.samplingRateHz().isEmpty()) {
        notes.add(gin.get() + " has no SAMPLING_RATE; it is taken to be 44100 Hz.");
      }
      if (!settings.unread().isEmpty()) {
        notes.add(
            "Not read from config.gin, because the tensors tell or only training asks: "
                + String.join(", ", settings.unread())
                + ".");
      }
      return OfficialArchitecture.of(tensors, settings, notes);
    }
    if (run.isPresent()) {
      return noted(file, run.get().recipe());
    }
    notes.add(
        "There is no config.gin beside "
            + file
            + " or up to two folders above; it is taken to play at 44100 Hz with centred padding."
            + " Put the config.gin of its run there if that is not so.");
    return OfficialArchitecture.of(tensors, OfficialSettings.unknown(), notes);
  }

  /** Of a run that this program began. */
  private static RaveConfig noted(Path file, Map<String, String> recipe) {
    try {
      RaveConfig config =
          RaveConfig.preset(
                  recipe.getOrDefault("config", ""), Integer.parseInt(recipe.get("samplingRateHz")))
              .withChannels(Integer.parseInt(recipe.get("channels")));
      String phaseOneSteps = recipe.getOrDefault("phaseOneSteps", "");
      return phaseOneSteps.matches("\\d{1,18}")
          ? config.withPhaseOneSteps(Long.parseLong(phaseOneSteps))
          : config;
    } catch (NumberFormatException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "The run.json of " + file + " is damaged; restore it or train anew.",
          e);
    } catch (JobFailure unknown) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file
              + " was trained with the config "
              + recipe.get("config")
              + ", and without the run's config.gin nothing tells what that is; restore that file.",
          unknown);
    }
  }

  /** A tensor that has no place here belongs to another model than the one that was made out. */
  private static void refuseStrangers(RaveConfig config, Map<String, TensorData> tensors) {
    Map<String, TensorData> known = ModelWeights.of(config, tensors).tensors();
    for (Map.Entry<String, TensorData> tensor : tensors.entrySet()) {
      String key = tensor.getKey();
      if (isNetwork(key)
          && !known.containsKey(key)
          && !key.equals(ENABLED)
          && !CACHE.matcher(key).matches()) {
        throw new JobFailure(
            FailureClass.UNREADABLE,
            "The checkpoint has a tensor "
                + key
                + " of "
                + tensor.getValue()
                + " where a "
                + config.name()
                + " model has none; export it by rave export.");
      }
    }
  }

  private static String name(Path file, Optional<Path> gin) {
    Path named = gin.map(Path::getParent).map(Path::getFileName).orElse(file.getFileName());
    return HASH.matcher(named.toString()).replaceFirst("").replaceFirst("\\.ckpt$", "");
  }
}
