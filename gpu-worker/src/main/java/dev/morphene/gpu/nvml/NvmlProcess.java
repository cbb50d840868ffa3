package dev.morphene.gpu.nvml;

import java.util.OptionalLong;

/**
 * A process that computes on a device.
 *
 * @param pid as the driver counts; in a container usually not the one that we know
 * @param usedBytes of device memory; managed memory is not in it
 */
public record NvmlProcess(long pid, OptionalLong usedBytes) {}
