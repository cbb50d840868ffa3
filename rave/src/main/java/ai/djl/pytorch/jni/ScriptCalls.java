package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.Arrays;

/**
 * What DJL's public classes leave out: methods called with gradients and any arguments. It stands
 * in DJL's package because the native half is package private there.
 */
public final class ScriptCalls {
  private ScriptCalls() {}

  /**
   * Calls a method of a module.
   *
   * @param inference run in inference mode; otherwise the thread's gradient mode decides
   * @return a value that the caller closes
   */
  public static IValue run(
      PtSymbolBlock module, String method, boolean inference, IValue... arguments) {
    long[] handles = Arrays.stream(arguments).mapToLong(IValue::getHandle).toArray();
    return new IValue(
        PyTorchLibrary.LIB.moduleRunMethod(module.getHandle(), method, handles, !inference, false));
  }

  /** Switches a module and its children between training and evaluation. */
  public static void setTraining(PtSymbolBlock module, boolean training) {
    if (training) {
      PyTorchLibrary.LIB.moduleTrain(module.getHandle());
    } else {
      PyTorchLibrary.LIB.moduleEval(module.getHandle());
    }
  }
}
