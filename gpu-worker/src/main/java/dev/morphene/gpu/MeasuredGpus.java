package dev.morphene.gpu;

import dev.morphene.agent.telemetry.ResidentMemory;
import dev.morphene.gpu.fence.Fence;
import dev.morphene.gpu.fence.FencePolicy;
import dev.morphene.gpu.fence.FenceProbes;
import dev.morphene.gpu.fence.GpuFences;
import dev.morphene.gpu.preflight.Preflight;
import dev.morphene.gpu.telemetry.ConfiguredTelemetry;
import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.gpu.telemetry.GpuSampler;
import dev.morphene.gpu.telemetry.GpuSnapshot;
import dev.morphene.gpu.telemetry.GpuTelemetry;
import dev.morphene.gpu.telemetry.GpuTelemetryChoice;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GPUs of this machine as the driver tells them, or as an operator stated them: sampled on a
 * thread of its own, fenced when they fail, tried by a preflight before the first job. A reading
 * that is too old admits nothing.
 */
public final class MeasuredGpus implements GpuDevices, ResidentMemory, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeasuredGpus.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PROBE_PERIOD = Duration.ofSeconds(5);
  private static final int JOBS_AT_MOST = MemoryClass.UNDER_30_GB.jobsSideBySide();

  private final GpuTelemetry telemetry;
  private final GpuFences fences = new GpuFences(FencePolicy.STANDARD);
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final GpuSampler sampler;
  private final FenceProbes probes;

  private MeasuredGpus(GpuTelemetry telemetry, InstantSource clock, LongSupplier nanoTicker) {
    this.telemetry = telemetry;
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    for (GpuReading reading : telemetry.read()) {
      if (!isConfigured(reading)) {
        fences.expectPreflight(reading.gpu(), clock.instant());
      }
    }
    this.sampler =
        GpuSampler.start(
            telemetry,
            telemetry.interval(),
            clock,
            nanoTicker,
            snapshot -> fences.observe(snapshot.readings(), snapshot.takenAt()));
    Preflight preflight = new Preflight(Preflight.Settings.likeThisJvm(Optional.empty()));
    this.probes = FenceProbes.start(fences, preflight::check, PROBE_PERIOD, clock);
  }

  /**
   * @param configured devices for a machine where nothing can be measured; may be empty
   * @return empty when the machine has no GPU that can be read and none is configured
   */
  public static Optional<MeasuredGpus> open(
      List<ConfiguredTelemetry.Device> configured, InstantSource clock, LongSupplier nanoTicker) {
    GpuTelemetryChoice choice =
        GpuTelemetryChoice.choose(GpuTelemetryChoice.Settings.standard(configured), clock);
    LOG.info("{}", choice.why());
    return choice.telemetry().map(found -> new MeasuredGpus(found, clock, nanoTicker));
  }

  @Override
  public List<GpuDevice> now() {
    Optional<GpuSnapshot> snapshot = sampler.snapshot();
    if (snapshot.isEmpty()) {
      return List.of();
    }
    boolean stale = snapshot.get().isStale(nanoTicker.getAsLong(), PATIENCE);
    Map<GpuUuid, Fence> fenced = new HashMap<>();
    fences.fenced().forEach(fence -> fenced.put(fence.gpu(), fence));
    List<GpuDevice> devices = new ArrayList<>();
    for (GpuReading reading : snapshot.get().readings()) {
      if (reading instanceof GpuReading.Available gpu) {
        devices.add(device(gpu, stale, Optional.ofNullable(fenced.get(gpu.gpu()))));
      }
    }
    return devices;
  }

  private static GpuDevice device(GpuReading.Available gpu, boolean stale, Optional<Fence> fence) {
    ByteSize total =
        new ByteSize(gpu.total().bytes() - gpu.reserved().map(ByteSize::bytes).orElse(0L));
    return new GpuDevice(
        gpu.gpu(),
        // The child sees this GPU alone, so it is its first.
        "cuda:0",
        Map.of("CUDA_VISIBLE_DEVICES", gpu.gpu().value()),
        gpu.model(),
        total,
        stale ? Optional.empty() : Optional.of(gpu.free()),
        JOBS_AT_MOST,
        gpu.source().name(),
        fence.map(Fence::reason));
  }

  private static boolean isConfigured(GpuReading reading) {
    return reading instanceof GpuReading.Available gpu
        && gpu.source() == GpuReading.Source.CONFIGURED;
  }

  /** What the driver says that a process takes on any GPU; empty where it does not tell. */
  @Override
  public Optional<ByteSize> of(long processId) {
    return sampler.snapshot().stream()
        .flatMap(snapshot -> snapshot.processes().values().stream())
        .flatMap(memory -> Optional.ofNullable(memory.usedByPid().get(processId)).stream())
        .findFirst();
  }

  /** A GPU on which one attempt after the other is lost is fenced too. */
  @Override
  public void attemptEnded(GpuUuid gpu, Optional<ErrorClass> failure) {
    if (failure.isEmpty()) {
      fences.attemptCompleted(gpu);
    } else {
      fences.attemptFailed(gpu, failure.get(), clock.instant());
    }
  }

  @Override
  public void close() {
    probes.close();
    sampler.close();
    telemetry.close();
  }
}
