package dev.morphene.rave.export;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.List;

/**
 * Attributes by which a host lets a model with adaptive instance normalisation listen: while {@code
 * learn_source} is set the model takes in how its input sounds, while {@code learn_target} is set
 * how its output shall sound; {@code reset_source} and {@code reset_target} make it forget.
 */
final class StyleAttributes {
  /** nn~'s code of a boolean attribute. */
  private static final long BOOLEAN_CODE = 0;

  private static final List<String> NAMES =
      List.of("learn_target", "reset_target", "learn_source", "reset_source");

  private StyleAttributes() {}

  /**
   * Adds attributes, getters and setters to a module whose network is there already.
   *
   * @return their names
   */
  static List<String> add(ScriptModule.Builder builder) {
    List<String> blocks =
        builder.build().stateDict().keySet().stream()
            .filter(path -> path.endsWith(".learn_x"))
            .map(path -> path.substring(0, path.lastIndexOf('.')))
            .toList();
    for (String name : NAMES) {
      String side = name.endsWith("target") ? "y" : "x";
      StringBuilder effect = new StringBuilder();
      for (String block : blocks) {
        String expression = ScriptModule.pathExpression(block);
        effect.append(
            name.startsWith("learn")
                ? "  torch.fill_(%s.learn_%s, float(value))%n".formatted(expression, side)
                : forget(expression, side));
      }
      builder
          .buffer(name + "_params", TensorData.ofLongs(new long[] {BOOLEAN_CODE}, 1))
          .attribute(name, ScriptValue.tuple(ScriptValue.of(false)))
          .methods(
              """
              def get_%1$s(self) -> bool:
                return self.%1$s[0]
              def set_%1$s(self, value: bool) -> int:
                self.%1$s = (%2$s,)
              %3$s  return 0
              """
                  .formatted(name, name.startsWith("learn") ? "value" : "False", effect));
    }
    return NAMES;
  }

  private static String forget(String block, String side) {
    return """
      if value:
        torch.fill_(%1$s.mean_%2$s, 0.)
        torch.fill_(%1$s.std_%2$s, 1.)
        torch.fill_(%1$s.num_update_%2$s, 0.)
    """
        .formatted(block, side);
  }
}
