package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** One look at one GPU: its memory, or why there is none to tell. */
public sealed interface GpuReading {
  GpuUuid gpu();

  /** The product's name, for people and as part of an envelope's key. */
  String model();

  /** When the look began. */
  Instant sampledAt();

  /**
   * The memory of a GPU, strangers' use included. What is committed is {@code total - free}.
   *
   * @param parent of a MIG instance
   * @param total after what error correction takes away
   * @param free what a job could take now
   * @param reserved for the driver itself; absent where the source does not tell
   * @param utilisationPercent 0 to 100 over the driver's last window; absent on MIG instances
   */
  record Available(
      GpuUuid gpu,
      Optional<GpuUuid> parent,
      String model,
      ByteSize total,
      ByteSize free,
      Optional<ByteSize> reserved,
      OptionalInt utilisationPercent,
      Instant sampledAt,
      Source source)
      implements GpuReading {
    public Available {
      Objects.requireNonNull(gpu);
      Objects.requireNonNull(parent);
      Objects.requireNonNull(model);
      Objects.requireNonNull(reserved);
      Objects.requireNonNull(sampledAt);
      Objects.requireNonNull(source);
      if (free.compareTo(total) > 0) {
        throw new IllegalArgumentException(
            "A GPU of " + total + " cannot have " + free + " free (" + gpu + ").");
      }
    }
  }

  /**
   * No memory can be told, so nothing new may be placed there.
   *
   * @param reason one sentence for people
   */
  record Unreadable(GpuUuid gpu, String model, String reason, Health health, Instant sampledAt)
      implements GpuReading {
    public Unreadable {
      Objects.requireNonNull(gpu);
      Objects.requireNonNull(model);
      Objects.requireNonNull(reason);
      Objects.requireNonNull(health);
      Objects.requireNonNull(sampledAt);
    }
  }

  /** Where a reading comes from. */
  enum Source {
    /** The driver's management library, with what is reserved told apart. */
    NVML_V2,
    /** The same on an older driver. */
    NVML_V1,
    /** Text of NVIDIA's command line tool, which may change between versions. */
    NVIDIA_SMI,
    /** Nothing is measured: an operator stated the budget. */
    CONFIGURED
  }

  /** How bad it is that a GPU cannot be read. */
  enum Health {
    /** It may pass. */
    DEGRADED,
    /** It will not pass by itself; what runs there is to go elsewhere. */
    LOST
  }
}
