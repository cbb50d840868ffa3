package dev.morphene.cli.worker;

import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.telemetry.ResidentMemory;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.gpu.GpuDevices;
import dev.morphene.gpu.GpuWorker;
import dev.morphene.gpu.MeasuredGpus;
import dev.morphene.gpu.telemetry.ConfiguredTelemetry;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.rave.torch.TorchBuild;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a training node runs its jobs on. */
final class DeviceOptions {
  /** Where jobs run. */
  enum Kind {
    CPU,
    GPU
  }

  @Option(
      names = "--devices",
      paramLabel = "cpu|gpu",
      description =
          "cpu: the processors, one job at a time; gpu: the machine's GPUs, as the driver tells"
              + " them. Default cpu: the trainer of this version has not been run on CUDA.")
  private String kind = "cpu";

  @Option(
      names = "--gpu-budget",
      paramLabel = "ID=GB",
      description =
          "With --devices gpu, where nothing can be measured: memory that jobs may use on a GPU."
              + " Repeatable.")
  private Map<String, Double> budgets = new LinkedHashMap<>();

  /**
   * @param memory reads what a child takes there
   */
  record Chosen(GpuDevices devices, ResidentMemory memory, Optional<MeasuredGpus> measured)
      implements AutoCloseable {
    @Override
    public void close() {
      measured.ifPresent(MeasuredGpus::close);
    }
  }

  Chosen choose(HostMemory host, int cores) {
    if (kind().equals(Kind.CPU)) {
      return new Chosen(GpuWorker.processors(host, cores), host, Optional.empty());
    }
    if (!TorchBuild.isForCuda()) {
      System.err.println(
          "morphene: this build's libtorch is for processors, so trainings on a GPU will fail;"
              + " build with -Pcuda (docs/gpu.md).");
    }
    MeasuredGpus gpus =
        MeasuredGpus.open(configured(), InstantSource.system(), System::nanoTime)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.FAILED,
                        "No GPU can be read on this machine; install NVIDIA's driver, state a"
                            + " budget with --gpu-budget ID=GB, or use --devices cpu."));
    return new Chosen(gpus, gpus, Optional.of(gpus));
  }

  private Kind kind() {
    for (Kind candidate : Kind.values()) {
      if (candidate.name().equalsIgnoreCase(kind)) {
        return candidate;
      }
    }
    throw new CommandFailure(ExitCode.USAGE, "--devices is cpu or gpu, not " + kind + ".");
  }

  private List<ConfiguredTelemetry.Device> configured() {
    try {
      return budgets.entrySet().stream()
          .map(
              entry ->
                  new ConfiguredTelemetry.Device(
                      new GpuUuid(entry.getKey()), "configured", ByteSize.ofGb(entry.getValue())))
          .toList();
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(ExitCode.USAGE, "--gpu-budget: " + cause.getMessage(), cause);
    }
  }
}
