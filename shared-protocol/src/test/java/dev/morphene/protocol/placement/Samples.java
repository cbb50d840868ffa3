package dev.morphene.protocol.placement;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** GPUs and needs as they may come. */
final class Samples {
  private Samples() {}

  static Arbitrary<ByteSize> sizes(double mostGb) {
    return Arbitraries.doubles().between(0, mostGb).ofScale(2).map(ByteSize::ofGb);
  }

  static Arbitrary<JobNeed> needs() {
    return Combinators.combine(sizes(90), Arbitraries.integers().between(1, 3))
        .as((memory, atMost) -> JobNeed.of(memory).withAtMost(atMost));
  }

  /** With tenants that were measured below or above their promise, or not yet. */
  static Arbitrary<GpuSnapshot> gpus() {
    Arbitrary<Tenant> tenants =
        Combinators.combine(needs(), Arbitraries.doubles().between(0, 1.2))
            .as(
                (need, held) ->
                    new Tenant(need, new ByteSize(Math.round(need.memory().bytes() * held))));
    return Combinators.combine(
            Arbitraries.integers().between(0, 99),
            Arbitraries.of(24.0, 48.0, 80.0),
            sizes(80).optional(),
            tenants.list().ofMaxSize(3),
            Arbitraries.integers().between(0, 3),
            needs().optional(0.2))
        .as(
            (number, totalGb, free, running, atMost, reserved) ->
                new GpuSnapshot(
                    new GpuUuid("GPU-" + number),
                    ByteSize.ofGb(totalGb),
                    free,
                    running,
                    atMost,
                    reserved));
  }

  static GpuSnapshot gpu(String id, double totalGb, JobNeed... running) {
    List<Tenant> tenants = new ArrayList<>();
    double free = totalGb;
    for (JobNeed need : running) {
      tenants.add(new Tenant(need, need.memory()));
      free -= need.memory().gb();
    }
    return new GpuSnapshot(
        new GpuUuid(id),
        ByteSize.ofGb(totalGb),
        Optional.of(ByteSize.ofGb(Math.max(0, free))),
        tenants,
        3,
        Optional.empty());
  }

  static JobNeed need(double gb) {
    return JobNeed.of(ByteSize.ofGb(gb));
  }
}
