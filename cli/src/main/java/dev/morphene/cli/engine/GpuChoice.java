package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.gpu.telemetry.GpuTelemetry;
import dev.morphene.gpu.telemetry.GpuTelemetryChoice;
import dev.morphene.protocol.job.GpuUuid;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a training is to compute on, as {@code --gpu} says it. */
sealed interface GpuChoice {
  /** No GPU. */
  record Processor() implements GpuChoice {}

  /**
   * @param index among the GPUs that this process sees, from 0
   */
  record Numbered(int index) implements GpuChoice {}

  /** The one that its driver calls so, whatever its number is today. */
  record Named(GpuUuid gpu) implements GpuChoice {}

  /**
   * @throws CommandFailure for a word that is neither a number nor a UUID
   */
  static GpuChoice of(String word) {
    if (word.equals("-1")) {
      return new Processor();
    }
    if (word.matches("\\d{1,4}")) {
      return new Numbered(Integer.parseInt(word));
    }
    if (word.matches("(GPU|MIG)-[A-Za-z0-9/._-]+")) {
      try {
        return new Named(new GpuUuid(word));
      } catch (IllegalArgumentException notOne) {
        throw unknownWord(word);
      }
    }
    throw unknownWord(word);
  }

  private static CommandFailure unknownWord(String word) {
    return new CommandFailure(
        ExitCode.USAGE,
        "--gpu is 0 or more, -1 for the processor, or a UUID (GPU-...) as nvidia-smi -L lists it,"
            + " not \""
            + word
            + "\".");
  }

  /**
   * Where the engine's process computes.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param environment of that process
   */
  record Place(String device, Map<String, String> environment) {}

  /**
   * A number is taken as it is; without CUDA it means the processor, so that the guide's commands
   * work everywhere. A name has to be there: whoever names a card means that card.
   *
   * @param computesOnGpus whether the trainer can
   * @param telemetry of this machine; asked for only where a GPU is named
   * @throws CommandFailure when the named GPU cannot be used
   */
  default Place place(boolean computesOnGpus, Supplier<GpuTelemetryChoice> telemetry) {
    if (this instanceof Named named) {
      if (!computesOnGpus) {
        throw new CommandFailure(
            ExitCode.REFUSED,
            "This build's libtorch computes on the processor, so "
                + named.gpu()
                + " cannot be used; build with -Pcuda, or say --gpu -1.");
      }
      checkPresent(named.gpu(), telemetry.get());
      // The process sees this GPU alone, so it is its first.
      return new Place("cuda:0", Map.of("CUDA_VISIBLE_DEVICES", named.gpu().value()));
    }
    if (this instanceof Numbered numbered && computesOnGpus) {
      return new Place("cuda:" + numbered.index(), Map.of());
    }
    return new Place("cpu", Map.of());
  }

  private static void checkPresent(GpuUuid gpu, GpuTelemetryChoice choice) {
    if (choice.telemetry().isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "No GPU of this machine can be read, so "
              + gpu
              + " cannot be found; look whether nvidia-smi -L lists it. "
              + choice.why());
    }
    List<GpuReading> readings;
    try (GpuTelemetry opened = choice.telemetry().get()) {
      readings = opened.read();
    }
    GpuReading found =
        readings.stream()
            .filter(reading -> reading.gpu().equals(gpu))
            .findFirst()
            .orElseThrow(() -> unknownGpu(gpu, readings));
    if (found instanceof GpuReading.Unreadable unreadable) {
      throw new CommandFailure(
          ExitCode.REFUSED, gpu + " cannot be used now: " + unreadable.reason());
    }
  }

  private static CommandFailure unknownGpu(GpuUuid gpu, List<GpuReading> readings) {
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "This machine has no GPU "
            + gpu
            + "; choose among "
            + readings.stream()
                .map(reading -> reading.gpu() + " (" + reading.model() + ")")
                .collect(Collectors.joining(", "))
            + ".");
  }
}
