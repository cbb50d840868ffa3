package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An exponential moving average of parameters, {@code w̄ ← f·w̄ + (1−f)·w}, beside the model it is
 * of; begins at the parameters' first values. It keeps buffers of its own for what an analysis
 * finds about its latents, since those are other latents than the model's.
 */
final class AverageModule {
  static final String NAME = "_average";

  private static final String VALUE = "value_";

  private final List<String> parameters;
  private final List<String> all;

  /**
   * @param parameters dotted paths of what is averaged, in order
   * @param analysis dotted paths of buffers that the average has its own of
   */
  AverageModule(List<String> parameters, List<String> analysis) {
    this.parameters = List.copyOf(parameters);
    this.all = Stream.concat(parameters.stream(), analysis.stream()).toList();
  }

  ScriptModule module(Map<String, TensorData> stateDict) {
    ScriptModule.Builder builder = ScriptModule.builder("__torch__.morphene.training.Average");
    StringBuilder values =
        new StringBuilder("def values(self) -> List[Tensor]:\n")
            .append("  found = annotate(List[Tensor], [])\n");
    for (int i = 0; i < all.size(); i++) {
      builder.buffer(VALUE + i, stateDict.get(all.get(i)));
      values.append("  found.append(self.%s%d)%n".formatted(VALUE, i));
    }
    return builder.methods(values.append("  return found\n").toString()).build();
  }

  /**
   * Methods of the module that has the model and the average as children: {@code
   * update_average(factor)} follows the parameters; {@code exchange_average()} lets model and
   * average change places, and back when it is called again. Without gradients.
   */
  String methods() {
    StringBuilder text =
        new StringBuilder("def averaged_values(self) -> List[Tensor]:\n")
            .append("  found = annotate(List[Tensor], [])\n");
    for (String path : all) {
      text.append("  found.append(%s)%n".formatted(ScriptModule.pathExpression(path)));
    }
    return text.append("  return found\n").toString()
        + """
        def update_average(self, factor: float) -> int:
          present = self.averaged_values()
          average = self._average.values()
          for i in range(COUNT):
            torch.add_(torch.mul_(average[i], factor), present[i], alpha=1. - factor)
          return COUNT
        def exchange_average(self) -> int:
          present = self.averaged_values()
          average = self._average.values()
          for i in range(len(present)):
            kept = torch.clone(present[i])
            torch.copy_(present[i], average[i])
            torch.copy_(average[i], kept)
          return len(present)
        """
            .replace("COUNT", Integer.toString(parameters.size()));
  }

  /** Picks the average out of a module's tensors; by the paths of what it is of. */
  Map<String, TensorData> state(Map<String, TensorData> tensors) {
    Map<String, TensorData> state = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      state.put(all.get(i), tensors.get(NAME + "." + VALUE + i));
    }
    return state;
  }

  /** The reverse of {@link #state}: tensors by the module's paths. */
  Map<String, TensorData> tensors(Map<String, TensorData> state) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      tensors.put(NAME + "." + VALUE + i, state.get(all.get(i)));
    }
    return tensors;
  }
}
