package dev.morphene.rave.torch;

import dev.morphene.rave.archive.ScriptModule;
import java.nio.file.Path;

/**
 * libtorch on one device. Modules are loaded from archives and called by method name; there are no
 * tensors outside a call, so nothing leaks from one to the next. One process has one runtime.
 */
public interface TorchRuntime extends AutoCloseable {
  /**
   * Starts libtorch. The native libraries come from the class path or from the folder named by
   * {@code PYTORCH_LIBRARY_PATH}; nothing is downloaded.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param threads for one operation on the processor; at least 1
   * @throws dev.morphene.rave.process.JobFailure BAD_INPUT for a device that is not there
   */
  static TorchRuntime open(String device, int threads) {
    return DjlRuntime.open(device, threads);
  }

  /**
   * Loads an archive.
   *
   * @param trainable methods may be run with gradients; otherwise only in inference mode
   * @throws dev.morphene.rave.process.JobFailure UNREADABLE when libtorch refuses the file
   */
  TorchModule load(Path archive, boolean trainable);

  /** As {@link #load(Path, boolean)}, from memory. */
  TorchModule load(byte[] archive, boolean trainable);

  /**
   * Loads a module that was never a file, with {@link ScriptModule#withTensorAccess} added, so that
   * its tensors can be read and written.
   */
  TorchModule load(ScriptModule module, boolean trainable);

  /** Seeds every random number drawn after this. */
  void seed(long seed);

  /** The device as it was named. */
  String device();

  /** Of libtorch, {@code 2.7.1} for instance. */
  String version();

  /** Closes every module that is still open. */
  @Override
  void close();
}
