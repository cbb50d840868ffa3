package dev.morphene.gpu.preflight.child;

import dev.morphene.gpu.nvml.Nvml;
import dev.morphene.gpu.nvml.NvmlFailure;
import dev.morphene.gpu.nvml.NvmlLibrary;
import dev.morphene.gpu.nvml.NvmlLoad;
import dev.morphene.gpu.nvml.NvmlSlot;
import dev.morphene.gpu.preflight.PreflightAnswer;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.json.ProtocolJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Main class of the preflight child: makes one CUDA context on the only GPU it may see and answers
 * one line of JSON. What it cannot answer (a signal, a missing function) its exit code says.
 */
public final class PreflightProcess {
  private PreflightProcess() {}

  /**
   * @param arguments the GPU's id, and optionally the path of the NVML library
   */
  public static void main(String[] arguments) {
    Optional<Path> library =
        arguments.length > 1 ? Optional.of(Path.of(arguments[1])) : Optional.empty();
    answer(check(new GpuUuid(arguments[0]), library));
  }

  private static PreflightAnswer check(GpuUuid gpu, Optional<Path> library) {
    NvmlLoad load = NvmlLibrary.load(library);
    if (load instanceof NvmlLoad.Loaded loaded) {
      try (Nvml nvml = Nvml.open(loaded)) {
        return checkWith(() -> freeBytes(nvml, gpu));
      } catch (NvmlFailure refused) {
        // The context may still work; only its cost stays unknown.
        return checkWith(OptionalLong::empty);
      }
    }
    return checkWith(OptionalLong::empty);
  }

  private static PreflightAnswer checkWith(CudaContext.FreeMemory freeMemory) {
    try {
      return CudaContext.makeAndDestroy(freeMemory);
    } catch (LinkageError error) {
      return PreflightAnswer.failed(
          "The CUDA driver cannot be loaded: " + loaderWords(error) + ".");
    }
  }

  private static OptionalLong freeBytes(Nvml nvml, GpuUuid gpu) {
    try {
      for (NvmlSlot slot : nvml.slots()) {
        if (slot instanceof NvmlSlot.Device device && device.gpu().equals(gpu)) {
          return OptionalLong.of(nvml.memory(device).freeBytes());
        }
      }
      return OptionalLong.empty();
    } catch (NvmlFailure unreadable) {
      return OptionalLong.empty();
    }
  }

  /** The binding wraps the linker's line in a page of advice. */
  private static String loaderWords(LinkageError error) {
    String message = String.valueOf(error.getMessage());
    return message
        .lines()
        .filter(line -> line.contains("cannot open") || line.contains(".so."))
        .map(
            line ->
                line.substring(line.lastIndexOf(".so: ") < 0 ? 0 : line.lastIndexOf(".so: ") + 5))
        .map(String::strip)
        .findFirst()
        .orElseGet(() -> message.lines().findFirst().orElse("no reason given"));
  }

  private static void answer(PreflightAnswer answer) {
    System.out.println(new String(ProtocolJson.write(answer), StandardCharsets.UTF_8));
  }
}
