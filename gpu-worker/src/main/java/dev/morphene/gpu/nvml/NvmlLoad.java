package dev.morphene.gpu.nvml;

import java.util.Set;

/** Whether NVIDIA's management library is there. */
public sealed interface NvmlLoad {
  /**
   * @param api calls the library; a symbol that is not in {@code symbols} must not be called
   * @param name as it was loaded
   * @param symbols of {@link NvmlApi} that the library has
   */
  record Loaded(NvmlApi api, String name, Set<String> symbols) implements NvmlLoad {
    public Loaded {
      symbols = Set.copyOf(symbols);
    }

    boolean has(String symbol) {
      return symbols.contains(symbol);
    }
  }

  /**
   * @param reason one sentence for people
   */
  record Missing(String reason) implements NvmlLoad {}
}
