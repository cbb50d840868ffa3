package dev.morphene.gpu.nvml;

import com.sun.jna.Structure;

/** Memory of a device in bytes, 24 bytes long. {@code used} includes what the driver reserves. */
@Structure.FieldOrder({"total", "free", "used"})
public final class MemoryV1 extends Structure {
  public long total;
  public long free;
  public long used;
}
