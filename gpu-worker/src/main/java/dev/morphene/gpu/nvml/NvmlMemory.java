package dev.morphene.gpu.nvml;

import java.util.OptionalLong;

/**
 * Memory of a device as the driver said it, unchecked.
 *
 * @param reservedBytes for the driver itself; only the second version of the call tells
 */
public record NvmlMemory(long totalBytes, long freeBytes, OptionalLong reservedBytes) {}
