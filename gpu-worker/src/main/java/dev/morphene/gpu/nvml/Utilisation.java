package dev.morphene.gpu.nvml;

import com.sun.jna.Structure;

/** Percent of the driver's last sample window in which a device worked; 8 bytes long. */
@Structure.FieldOrder({"gpu", "memory"})
public final class Utilisation extends Structure {
  public int gpu;
  public int memory;
}
