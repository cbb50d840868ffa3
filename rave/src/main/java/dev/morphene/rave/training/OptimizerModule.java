package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.OptimizerState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) over a list of parameters, betas 0.5 and 0.9, with its
 * state in buffers, so that checkpoints can hold it.
 */
final class OptimizerModule {
  private static final String STEP = "step";
  private static final String FIRST = "exp_avg_";
  private static final String SECOND = "exp_avg_sq_";

  private final String name;
  private final List<String> parameters;

  /**
   * @param name of the child that holds the state
   * @param parameters dotted paths, in order
   */
  OptimizerModule(String name, List<String> parameters) {
    this.name = name;
    this.parameters = List.copyOf(parameters);
  }

  String name() {
    return name;
  }

  List<String> parameters() {
    return parameters;
  }

  /**
   * A module whose {@code update(first, parameters, gradients, rate)} makes one step for the
   * parameters from number {@code first} on. To be called with gradients switched off.
   */
  ScriptModule module(Map<String, TensorData> stateDict) {
    ScriptModule.Builder builder =
        ScriptModule.builder("__torch__.morphene.training.Adam" + name)
            .buffer(STEP, TensorData.scalar(0f));
    StringBuilder firstMoments = list("first_moments");
    StringBuilder secondMoments = list("second_moments");
    for (int i = 0; i < parameters.size(); i++) {
      long[] shape = stateDict.get(parameters.get(i)).shape();
      // One array for both: it only passes through the heap on its way to the module's file.
      TensorData zeros = TensorData.zeros(shape);
      builder.buffer(FIRST + i, zeros);
      builder.buffer(SECOND + i, zeros);
      firstMoments.append("  found.append(self.%s%d)%n".formatted(FIRST, i));
      secondMoments.append("  found.append(self.%s%d)%n".formatted(SECOND, i));
    }
    // The fused update divides by 1 - beta^step: without the increment before it, by zero.
    return builder
        .methods(firstMoments.append("  return found\n").toString())
        .methods(secondMoments.append("  return found\n").toString())
        .methods(
            """
            def update(self, first: int, parameters: List[Tensor], gradients: List[Tensor], rate: float) -> NoneType:
              torch.add_(self.step, 1)
              steps = annotate(List[Tensor], [])
              for i in range(len(parameters)):
                steps.append(self.step)
              torch._fused_adam_(parameters, gradients, torch.slice(self.first_moments(), first, None, 1), torch.slice(self.second_moments(), first, None, 1), annotate(List[Tensor], []), steps, lr=rate, beta1=0.5, beta2=0.9, weight_decay=0., eps=1e-8, amsgrad=False, maximize=False)
              return None
            """)
        .build();
  }

  private static StringBuilder list(String method) {
    return new StringBuilder("def " + method + "(self) -> List[Tensor]:\n")
        .append("  found = annotate(List[Tensor], [])\n");
  }

  /** Picks this optimiser's state out of a module's tensors. */
  OptimizerState state(Map<String, TensorData> tensors) {
    Map<String, TensorData> firstMoments = new LinkedHashMap<>();
    Map<String, TensorData> secondMoments = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      firstMoments.put(parameters.get(i), tensors.get(path(FIRST + i)));
      secondMoments.put(parameters.get(i), tensors.get(path(SECOND + i)));
    }
    return new OptimizerState(tensors.get(path(STEP)), firstMoments, secondMoments);
  }

  /** The reverse of {@link #state}: tensors by the module's paths. */
  Map<String, TensorData> tensors(OptimizerState state) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    tensors.put(path(STEP), state.step());
    for (int i = 0; i < parameters.size(); i++) {
      tensors.put(path(FIRST + i), state.firstMoments().get(parameters.get(i)));
      tensors.put(path(SECOND + i), state.secondMoments().get(parameters.get(i)));
    }
    return tensors;
  }

  private String path(String tensor) {
    return name + "." + tensor;
  }
}
