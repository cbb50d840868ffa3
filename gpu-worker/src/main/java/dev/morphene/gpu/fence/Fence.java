package dev.morphene.gpu.fence;

import dev.morphene.protocol.job.GpuUuid;
import java.time.Instant;

/**
 * A GPU on which nothing may start.
 *
 * @param reason the newest one, a sentence for people
 * @param since it may not be used
 * @param nextProbe when the preflight is to be tried again
 * @param strikes times it was fenced or failed a probe since it last completed a job; each doubles
 *     the wait
 */
public record Fence(GpuUuid gpu, String reason, Instant since, Instant nextProbe, int strikes) {}
