package dev.morphene.gpu.nvml;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Loads NVIDIA's management library and finds out which symbols it has. */
public final class NvmlLibrary {
  /**
   * Taken verbatim: the name without {@code .1} is a stub on machines with the CUDA toolkit, which
   * loads and then fails.
   */
  public static final String NAME = "libnvidia-ml.so.1";

  private static final List<String> REQUIRED =
      List.of(
          "nvmlShutdown",
          "nvmlErrorString",
          "nvmlSystemGetDriverVersion",
          "nvmlDeviceGetCount_v2",
          "nvmlDeviceGetHandleByIndex_v2",
          "nvmlDeviceGetUUID",
          "nvmlDeviceGetName");

  private NvmlLibrary() {}

  private sealed interface Linked<T> {
    record Found<T>(T value) implements Linked<T> {}

    record Absent<T>(String reason) implements Linked<T> {}
  }

  /**
   * @param override an absolute path to load instead of {@link #NAME}
   * @throws IllegalArgumentException when the override is not absolute
   */
  public static NvmlLoad load(Optional<Path> override) {
    override
        .filter(path -> !path.isAbsolute())
        .ifPresent(
            path -> {
              throw new IllegalArgumentException(
                  "The path of the NVML library must be absolute, not \"" + path + "\".");
            });
    String name = override.map(Path::toString).orElse(NAME);
    Linked<NvmlApi> linked = link(() -> Native.load(name, NvmlApi.class));
    if (linked instanceof Linked.Absent<NvmlApi> absent) {
      return new NvmlLoad.Missing(name + " cannot be loaded: " + absent.reason());
    }
    NvmlApi api = ((Linked.Found<NvmlApi>) linked).value();
    Set<String> symbols = symbols(api);
    for (String symbol : REQUIRED) {
      if (!symbols.contains(symbol)) {
        return new NvmlLoad.Missing(
            name + " has no " + symbol + "; it is too old, or not NVIDIA's management library.");
      }
    }
    return new NvmlLoad.Loaded(api, name, symbols);
  }

  /** Asks the very library that the interface calls: a second load could find another one. */
  private static Set<String> symbols(NvmlApi api) {
    NativeLibrary library = ((Library.Handler) Proxy.getInvocationHandler(api)).getNativeLibrary();
    Set<String> found = new HashSet<>();
    for (Method method : NvmlApi.class.getDeclaredMethods()) {
      if (link(() -> library.getFunction(method.getName())) instanceof Linked.Found) {
        found.add(method.getName());
      }
    }
    return found;
  }

  /** The one place that catches what the linker throws; nothing of it gets past this class. */
  private static <T> Linked<T> link(Supplier<T> load) {
    try {
      return new Linked.Found<>(load.get());
    } catch (LinkageError error) {
      return new Linked.Absent<>(firstReason(error));
    }
  }

  /** The message lists one line for each place that was searched; the linker's own comes first. */
  private static String firstReason(LinkageError error) {
    return String.valueOf(error.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("Unable to load library"))
        .findFirst()
        .orElseGet(() -> String.valueOf(error.getMessage()));
  }
}
