package dev.morphene.gpu.nvml;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.file.Path;

/** The control surface of fake_nvml.c, which the real library does not have. */
public interface FakeControl extends Library {
  /** The same state that the binding sees, because the same file is loaded. */
  static FakeControl of(Path library) {
    return Native.load(library.toString(), FakeControl.class);
  }

  void fake_reset();

  void fake_add(String uuid, String name, long total, long reserved, long used);

  void fake_take(String uuid, long bytes);

  void fake_remove_last();

  /**
   * @param slot below 0 switches MIG on without an instance
   */
  void fake_mig(String parent, int slot, String uuid, long total, long used);

  void fake_proc(String uuid, int pid, long used);

  void fake_grow(String uuid, int calls);

  /**
   * @param uuid empty for all
   * @param code -1 ends it
   */
  void fake_return(String uuid, String function, int code);

  int fake_refcount();

  int fake_init_calls();

  int fake_sizeof(String structure);

  int fake_offsetof(String field);
}
