package dev.morphene.rave.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCalls;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One module in DJL; it owns a manager, and every call owns one below it. */
final class DjlModule implements TorchModule {
  /** Tensors are handed over in parts, since libtorch gets copies of them. */
  private static final long PART_BYTES = 32L << 20;

  private final PtNDManager manager;
  private final PtSymbolBlock block;
  private final boolean trainable;

  DjlModule(PtNDManager manager, PtSymbolBlock block, boolean trainable) {
    this.manager = manager;
    this.block = block;
    this.trainable = trainable;
  }

  @Override
  public ScriptValue run(String method, boolean withGradients, ScriptValue... arguments) {
    if (withGradients && !trainable) {
      throw new IllegalStateException("This module was not loaded trainable.");
    }
    // Both are per thread, and a failed script leaves the gradient mode as it was inside.
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(withGradients);
    try (PtNDManager call = (PtNDManager) manager.newSubManager();
        NativeValues values = new NativeValues(call)) {
      IValue[] natives = new IValue[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        natives[i] = values.toNative(arguments[i]);
      }
      try {
        return values.fromNative(ScriptCalls.run(block, method, !trainable, natives));
      } catch (EngineException e) {
        throw TorchErrors.duringCall(method, e);
      }
    }
  }

  @Override
  public void setTraining(boolean training) {
    ScriptCalls.setTraining(block, training);
  }

  @Override
  public Map<String, TensorData> tensors() {
    return run("named_tensors", false).asTensorMap();
  }

  @Override
  public void setTensors(Map<String, TensorData> values) {
    Map<String, TensorData> shapes = run("tensor_shapes", false).asTensorMap();
    values.forEach(
        (name, value) -> {
          TensorData shape = shapes.get(name);
          if (shape == null || !Arrays.equals(shape.longs(), value.shape())) {
            String own = shape == null ? "nothing" : Arrays.toString(shape.longs());
            throw new IllegalArgumentException(
                "The module has " + own + " where " + name + " = " + value + " was to go.");
          }
        });
    Map<String, TensorData> part = new LinkedHashMap<>();
    long partBytes = 0;
    for (Map.Entry<String, TensorData> entry : values.entrySet()) {
      part.put(entry.getKey(), entry.getValue());
      partBytes += entry.getValue().byteCount();
      if (partBytes >= PART_BYTES) {
        run("copy_tensors", false, ScriptValue.of(part));
        part.clear();
        partBytes = 0;
      }
    }
    run("copy_tensors", false, ScriptValue.of(part));
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
