package dev.morphene.gpu.nvml;

import com.sun.jna.Structure;

/**
 * Memory of a device in bytes, 40 bytes long with 4 of padding after the version. The header
 * contradicts itself about whether {@code used} includes what is reserved, so nothing is derived
 * from it.
 */
@Structure.FieldOrder({"version", "total", "reserved", "free", "used"})
public final class MemoryV2 extends Structure {
  /** Size of the structure and its version; the bare number 2 is refused by drivers. */
  public static final int VERSION_WORD = 0x02000028;

  public int version = VERSION_WORD;
  public long total;
  public long reserved;
  public long free;
  public long used;
}
