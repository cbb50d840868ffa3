package dev.morphene.rave.gin;

import dev.morphene.rave.model.NetworkStyle.Padding;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a {@code config.gin} says about a model, under the names that RAVE 2.x gives it. Whatever
 * else is in the file shows in the shapes of the checkpoint's tensors, and is taken from there.
 *
 * @param samplingRateHz {@code SAMPLING_RATE}
 * @param latentSize {@code LATENT_SIZE}
 * @param capacity {@code CAPACITY}
 * @param ratios {@code RATIOS}, encoder order
 * @param kernelSize {@code KERNEL_SIZE}
 * @param dilations {@code DILATIONS}: one list, or one for each stage; shapes do not show it
 * @param phaseOneSteps {@code PHASE_1_DURATION}
 * @param channels {@code model.RAVE.n_channels}, which only files mended by hand have
 * @param padding {@code get_padding.mode}; shapes do not show it
 * @param updateDiscriminatorEvery {@code model.RAVE.update_discriminator_every}
 * @param skippedFeatures {@code model.RAVE.num_skipped_features}
 * @param betaInitial of {@code BetaWarmupCallback}
 * @param betaTarget of {@code BetaWarmupCallback}
 * @param betaWarmupSteps {@code BetaWarmupCallback.warmup_len}
 * @param unread names of the other settings, in order
 */
public record OfficialSettings(
    OptionalInt samplingRateHz,
    OptionalInt latentSize,
    OptionalInt capacity,
    Optional<List<Integer>> ratios,
    OptionalInt kernelSize,
    Optional<List<List<Integer>>> dilations,
    OptionalLong phaseOneSteps,
    OptionalInt channels,
    Padding padding,
    OptionalInt updateDiscriminatorEvery,
    OptionalInt skippedFeatures,
    OptionalDouble betaInitial,
    OptionalDouble betaTarget,
    OptionalLong betaWarmupSteps,
    List<String> unread) {

  private static final String MODEL = "RAVE";
  private static final String BETA = "BetaWarmupCallback";

  /** Classes of the second generation whose dilations are those of the model. */
  private static final List<String> DILATED = List.of("EncoderV2", "GeneratorV2");

  private static final int MAXIMUM_STAGES = 8;

  /**
   * Takes the settings out of a file.
   *
   * @throws JobFailure BAD_INPUT for a value that is out of bounds, of another type, or makes a
   *     model that this program has no form of; the message names the setting and its line
   */
  public static OfficialSettings of(GinConfig config) {
    return new Taking(config).all();
  }

  /** The settings of a run whose file is not there: all from the shapes, or RAVE's defaults. */
  public static OfficialSettings unknown() {
    return of(GinConfig.parse("no config.gin", ""));
  }

  /** Reads one file and remembers what it has read. */
  private static final class Taking {
    private final GinConfig config;
    private final Set<String> read = new LinkedHashSet<>();

    Taking(GinConfig config) {
      this.config = config;
    }

    OfficialSettings all() {
      refuseOtherSignals();
      config.macro("N_BAND").ifPresent(bands -> whole(bands, RaveConfig.BANDS, RaveConfig.BANDS));
      OptionalInt rate = optional(config.macro("SAMPLING_RATE"), 8_000, 192_000);
      OptionalInt latents = optional(config.macro("LATENT_SIZE"), 1, 1_024);
      OptionalInt capacity = optional(config.macro("CAPACITY"), 1, 1_024);
      OptionalInt kernel = optional(config.macro("KERNEL_SIZE"), 3, 15);
      Optional<List<Integer>> ratios =
          config.macro("RATIOS").map(binding -> wholes(binding, value(binding), 2, 16));
      Optional<List<List<Integer>>> dilations = dilations();
      OptionalLong phaseOne = optionalLong(config.macro("PHASE_1_DURATION"), 1, Long.MAX_VALUE / 2);
      return new OfficialSettings(
          rate,
          latents,
          capacity,
          ratios,
          kernel,
          dilations,
          phaseOne,
          optional(config.parameter(MODEL, "n_channels"), 1, 16),
          padding(),
          optional(config.parameter(MODEL, "update_discriminator_every"), 2, 1_000_000),
          optional(config.parameter(MODEL, "num_skipped_features"), 0, 4),
          real(beta("initial")),
          real(beta("target")),
          optionalLong(config.parameter(BETA, "warmup_len"), 1, Long.MAX_VALUE / 2),
          unread());
    }

    /** Models on something else than the bands of the filter bank are another architecture. */
    private void refuseOtherSignals() {
      for (String parameter : List.of("input_mode", "output_mode")) {
        Optional<GinBinding> mode = config.parameter(MODEL, parameter);
        if (mode.isPresent() && !text(mode.get()).equals("pqmf")) {
          throw wrong(mode.get(), "pqmf, the only signal that models work on here");
        }
      }
    }

    private Padding padding() {
      Optional<GinBinding> mode = config.parameter("get_padding", "mode");
      if (mode.isEmpty()) {
        return Padding.CENTERED;
      }
      return switch (text(mode.get())) {
        case "centered" -> Padding.CENTERED;
        case "causal" -> Padding.CAUSAL;
        default -> throw wrong(mode.get(), "'centered' or 'causal'");
      };
    }

    private Optional<List<List<Integer>>> dilations() {
      Optional<GinBinding> macro = config.macro("DILATIONS");
      Optional<List<List<Integer>>> found = macro.map(this::lists);
      for (String owner : DILATED) {
        Optional<GinBinding> binding = config.parameter(owner, "dilations");
        if (binding.isPresent()) {
          List<List<Integer>> own = lists(binding.get());
          if (found.isPresent() && !found.get().equals(own)) {
            throw wrong(binding.get(), "the dilations of encoder and decoder to be " + found.get());
          }
          found = Optional.of(own);
        }
      }
      return found;
    }

    private List<List<Integer>> lists(GinBinding binding) {
      GinValue value = value(binding);
      if (!(value instanceof GinValue.Sequence sequence)
          || sequence.elements().isEmpty()
          || sequence.elements().size() > MAXIMUM_STAGES) {
        throw wrong(binding, "a list of lists of whole numbers, at most " + MAXIMUM_STAGES);
      }
      if (sequence.elements().get(0) instanceof GinValue.Whole) {
        return List.of(wholes(binding, sequence, 1, 81));
      }
      List<List<Integer>> lists = new ArrayList<>();
      sequence.elements().forEach(stage -> lists.add(wholes(binding, stage, 1, 81)));
      return List.copyOf(lists);
    }

    private Optional<GinBinding> beta(String beginning) {
      return config.bindings().values().stream()
          .filter(binding -> binding.configurable().equals(BETA))
          .filter(binding -> binding.parameter().startsWith(beginning))
          .reduce((earlier, later) -> later);
    }

    private List<String> unread() {
      return config.bindings().keySet().stream().filter(name -> !read.contains(name)).toList();
    }

    private GinValue value(GinBinding binding) {
      read.add(binding.name());
      return config.resolved(binding);
    }

    private String text(GinBinding binding) {
      if (value(binding) instanceof GinValue.Text text) {
        return text.value();
      }
      throw wrong(binding, "a text");
    }

    private OptionalInt optional(Optional<GinBinding> binding, int least, int most) {
      return binding.isEmpty()
          ? OptionalInt.empty()
          : OptionalInt.of((int) whole(binding.get(), least, most));
    }

    private OptionalLong optionalLong(Optional<GinBinding> binding, long least, long most) {
      return binding.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(whole(binding.get(), least, most));
    }

    private OptionalDouble real(Optional<GinBinding> binding) {
      if (binding.isEmpty()) {
        return OptionalDouble.empty();
      }
      GinValue value = value(binding.get());
      double number =
          value instanceof GinValue.Real real
              ? real.value()
              : value instanceof GinValue.Whole whole ? whole.value() : 0;
      if (!(number > 0 && number <= 1e6)) {
        throw wrong(binding.get(), "a number above 0, at most 1000000");
      }
      return OptionalDouble.of(number);
    }

    private long whole(GinBinding binding, long least, long most) {
      return whole(binding, value(binding), least, most);
    }

    private long whole(GinBinding binding, GinValue value, long least, long most) {
      // Some configurations write lengths as 1e6.
      if (value instanceof GinValue.Real real && real.value() == Math.rint(real.value())) {
        return whole(binding, new GinValue.Whole((long) real.value()), least, most);
      }
      if (value instanceof GinValue.Whole whole
          && whole.value() >= least
          && whole.value() <= most) {
        return whole.value();
      }
      throw wrong(
          binding,
          least == most
              ? least + ", the only value known here"
              : most > Integer.MAX_VALUE
                  ? "a whole number of at least " + least
                  : "whole numbers from " + least + " to " + most);
    }

    private List<Integer> wholes(GinBinding binding, GinValue value, int least, int most) {
      if (!(value instanceof GinValue.Sequence sequence)) {
        throw wrong(binding, "a list of whole numbers");
      }
      List<Integer> wholes = new ArrayList<>();
      for (GinValue element : sequence.elements()) {
        wholes.add((int) whole(binding, element, least, most));
      }
      return List.copyOf(wholes);
    }

    private JobFailure wrong(GinBinding binding, String expected) {
      return new JobFailure(
          FailureClass.BAD_INPUT,
          config.source()
              + " line "
              + binding.line()
              + ": "
              + binding.name()
              + " was expected to be "
              + expected
              + "; such a model can only be used with rave itself.");
    }
  }
}
