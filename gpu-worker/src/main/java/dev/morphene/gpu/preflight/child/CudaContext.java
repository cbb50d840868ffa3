package dev.morphene.gpu.preflight.child;

import dev.morphene.gpu.preflight.PreflightAnswer;
import java.util.Optional;
import java.util.OptionalLong;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Makes a CUDA context and destroys it. The first touch of this class loads the CUDA driver, and
 * throws {@link LinkageError} without one.
 */
final class CudaContext {
  /** Free memory of the GPU by somebody who needs no context to know, in bytes. */
  interface FreeMemory {
    OptionalLong bytes();
  }

  private CudaContext() {}

  static PreflightAnswer makeAndDestroy(FreeMemory freeMemory) {
    JCudaDriver.setExceptionsEnabled(false);
    int[] count = new int[1];
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    Optional<String> problem =
        refusal("cuInit", JCudaDriver.cuInit(0))
            .or(() -> refusal("cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(count)))
            .or(
                () ->
                    count[0] > 0
                        ? Optional.empty()
                        : Optional.of("The CUDA driver does not see this GPU."))
            .or(() -> refusal("cuDeviceGet", JCudaDriver.cuDeviceGet(device, 0)));
    if (problem.isPresent()) {
      return PreflightAnswer.failed(problem.get());
    }
    OptionalLong before = freeMemory.bytes();
    problem = refusal("cuCtxCreate", JCudaDriver.cuCtxCreate(context, 0, device));
    if (problem.isPresent()) {
      return PreflightAnswer.failed(problem.get());
    }
    OptionalLong after = freeMemory.bytes();
    problem = refusal("cuCtxDestroy", JCudaDriver.cuCtxDestroy(context));
    return problem
        .map(PreflightAnswer::failed)
        .orElseGet(() -> PreflightAnswer.passed(cost(before, after)));
  }

  private static Optional<Long> cost(OptionalLong before, OptionalLong after) {
    return before.isPresent() && after.isPresent() && before.getAsLong() >= after.getAsLong()
        ? Optional.of(before.getAsLong() - after.getAsLong())
        : Optional.empty();
  }

  private static Optional<String> refusal(String call, int code) {
    return code == CUresult.CUDA_SUCCESS
        ? Optional.empty()
        : Optional.of(call + " answered " + code + " (" + CUresult.stringFor(code) + ").");
  }
}
