package dev.morphene.rave.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptModuleTest {
  private static ScriptModule leaf(String methods) {
    return ScriptModule.builder("__torch__.test.Leaf")
        .parameter("weight", TensorData.zeros(2))
        .buffer("cache", TensorData.zeros(1))
        .methods(methods)
        .build();
  }

  private static final String IDENTITY = "def forward(self, x: Tensor) -> Tensor:\n  return x\n";

  @Test
  void theClassTextDeclaresEverythingAndTypesSelf() {
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child("0", leaf(IDENTITY))
            .attribute("names", ScriptValue.texts(List.of()))
            .methods("def size(self) -> int:\n  return 1\n")
            .build();
    assertThat(root.classText())
        .isEqualTo(
            """
            class Root(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              names : List[str]
              __annotations__["0"] = __torch__.test.Leaf
              def size(self: __torch__.test.Root) -> int:
                return 1
            """);
    assertThat(leaf(IDENTITY).classText()).contains("(self: __torch__.test.Leaf, x: Tensor)");
  }

  @Test
  void pathsAreThoseOfAStateDict() {
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child(
                "net",
                ScriptModule.builder("__torch__.test.Net").child("0", leaf(IDENTITY)).build())
            .build();
    assertThat(root.stateDict().keySet()).containsExactly("net.0.weight", "net.0.cache");
    assertThat(root.parameterPaths()).containsExactly("net.0.weight");
    assertThat(ScriptModule.pathExpression("net.0.weight"))
        .isEqualTo("getattr(self.net, \"0\").weight");
  }

  @Test
  void oneClassNameHasOneText() {
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child("a", leaf(IDENTITY))
            .child("b", leaf(IDENTITY.replace("return x", "return x + 1")))
            .build();
    assertThatThrownBy(() -> TorchArchiveWriter.toBytes(root))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("__torch__.test.Leaf");
  }

  @Test
  void namesAreUsedOnceAndListsHoldOneType() {
    assertThatThrownBy(
            () ->
                ScriptModule.builder("__torch__.test.A")
                    .buffer("x", TensorData.zeros(1))
                    .attribute("x", ScriptValue.of(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScriptModule.builder("Root"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ScriptValue.Sequence("int", List.of(ScriptValue.of(1.0))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TensorData.ofFloats(new float[3], 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
