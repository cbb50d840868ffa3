package dev.morphene.rave.torch;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.Map;

/**
 * A module loaded into libtorch. Not thread safe, but it may be called from one thread after
 * another: every call sets gradient mode and executor for its own thread.
 */
public interface TorchModule extends AutoCloseable {
  /**
   * Calls a method. Arguments and results are copied; a tensor the method keeps is its own.
   *
   * @param withGradients record operations for {@code torch.grad}; needs a module loaded trainable
   * @throws dev.morphene.rave.process.JobFailure OUT_OF_MEMORY when memory ran out, else CRASH with
   *     the script's error
   */
  ScriptValue run(String method, boolean withGradients, ScriptValue... arguments);

  /**
   * Switches between {@code train()} and {@code eval()}. A module loaded trainable begins in
   * training, any other in evaluation.
   */
  void setTraining(boolean training);

  /**
   * All parameters and buffers by dotted path; needs {@link
   * dev.morphene.rave.archive.ScriptModule#withTensorAccess}.
   */
  Map<String, TensorData> tensors();

  /**
   * Overwrites parameters and buffers in place.
   *
   * @throws IllegalArgumentException when a name or a shape is not the module's
   */
  void setTensors(Map<String, TensorData> values);

  @Override
  void close();
}
