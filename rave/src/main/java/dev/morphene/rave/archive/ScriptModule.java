package dev.morphene.rave.archive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * A TorchScript module: tensors, attributes, children and the source text of its class. Two modules
 * of one class name must have the same class text; their tensors may differ.
 *
 * <p>Method text is TorchScript with plain {@code self}; the type of {@code self} is filled in.
 * Children whose name is a number are reached by {@code getattr(self, "0")}.
 */
public final class ScriptModule {
  private static final Pattern QUALIFIED_NAME =
      Pattern.compile("__torch__(\\.[A-Za-z_][A-Za-z0-9_]*)+");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SELF = Pattern.compile("(?m)^(\\s*def \\w+\\()self(?=[,)])");

  /** A tensor of a module. */
  private record Slot(TensorData data, boolean parameter) {}

  private final String qualifiedName;
  private final Map<String, Slot> tensors;
  private final Map<String, ScriptValue> attributes;
  private final Map<String, ScriptModule> children;
  private final String methods;

  private ScriptModule(Builder builder) {
    this.qualifiedName = builder.qualifiedName;
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(builder.tensors));
    this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(builder.attributes));
    this.children = Collections.unmodifiableMap(new LinkedHashMap<>(builder.children));
    this.methods = builder.methods.toString();
  }

  /**
   * Starts a module of the given class.
   *
   * @param qualifiedName {@code __torch__.package.Class}
   */
  public static Builder builder(String qualifiedName) {
    return new Builder(qualifiedName);
  }

  /** A builder with everything this module has. */
  public Builder toBuilder() {
    Builder builder = new Builder(qualifiedName);
    builder.tensors.putAll(tensors);
    builder.attributes.putAll(attributes);
    builder.children.putAll(children);
    builder.methods.append(methods);
    return builder;
  }

  public String qualifiedName() {
    return qualifiedName;
  }

  public Map<String, ScriptModule> children() {
    return children;
  }

  public Map<String, ScriptValue> attributes() {
    return attributes;
  }

  /** Names of this module's own parameters, in order. */
  public List<String> parameterNames() {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getValue().parameter())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Names of this module's own buffers, in order. */
  public List<String> bufferNames() {
    return tensors.entrySet().stream()
        .filter(entry -> !entry.getValue().parameter())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** This module's own tensors, parameters and buffers, in order of declaration. */
  public Map<String, TensorData> ownTensors() {
    Map<String, TensorData> own = new LinkedHashMap<>();
    tensors.forEach((name, slot) -> own.put(name, slot.data()));
    return own;
  }

  public boolean isParameter(String name) {
    Slot slot = tensors.get(name);
    return slot != null && slot.parameter();
  }

  /** Every tensor of this module and its descendants under its dotted path, as a state dict. */
  public Map<String, TensorData> stateDict() {
    Map<String, TensorData> state = new LinkedHashMap<>();
    visitTensors("", (path, slot) -> state.put(path, slot.data()));
    return state;
  }

  /** Dotted paths of all parameters, descendants included, in order. */
  public List<String> parameterPaths() {
    List<String> paths = new ArrayList<>();
    visitTensors(
        "",
        (path, slot) -> {
          if (slot.parameter()) {
            paths.add(path);
          }
        });
    return paths;
  }

  private void visitTensors(String prefix, BiConsumer<String, Slot> visitor) {
    tensors.forEach((name, slot) -> visitor.accept(prefix + name, slot));
    children.forEach((name, child) -> child.visitTensors(prefix + name + ".", visitor));
  }

  /** The expression that reaches a dotted path from {@code self}. */
  public static String pathExpression(String path) {
    String expression = "self";
    for (String name : path.split("\\.")) {
      expression =
          IDENTIFIER.matcher(name).matches()
              ? expression + "." + name
              : "getattr(" + expression + ", \"" + name + "\")";
    }
    return expression;
  }

  /**
   * The same module with four more methods: {@code named_tensors() -> Dict[str, Tensor]}, live
   * tensors by path; {@code tensor_shapes() -> Dict[str, Tensor]}, the axes of each; {@code
   * copy_tensors(Dict[str, Tensor]) -> int}, which overwrites those named and returns how many
   * there were; and {@code parameter_list() -> List[Tensor]} in the order of {@link
   * #parameterPaths}.
   */
  public ScriptModule withTensorAccess() {
    StringBuilder named = new StringBuilder("def named_tensors(self) -> Dict[str, Tensor]:\n");
    named.append("  found = annotate(Dict[str, Tensor], {})\n");
    for (String path : stateDict().keySet()) {
      named.append("  found[\"%s\"] = %s%n".formatted(path, pathExpression(path)));
    }
    named.append("  return found\n");
    StringBuilder list = new StringBuilder("def parameter_list(self) -> List[Tensor]:\n");
    list.append("  found = annotate(List[Tensor], [])\n");
    for (String path : parameterPaths()) {
      list.append("  found.append(%s)%n".formatted(pathExpression(path)));
    }
    list.append("  return found\n");
    String others =
        """
        def tensor_shapes(self) -> Dict[str, Tensor]:
          found = annotate(Dict[str, Tensor], {})
          for name, own in self.named_tensors().items():
            found[name] = torch.tensor(own.size(), dtype=4)
          return found
        def copy_tensors(self, values: Dict[str, Tensor]) -> int:
          copied = 0
          for name, own in self.named_tensors().items():
            if name in values:
              torch.copy_(own, values[name])
              copied = copied + 1
          return copied
        """;
    return toBuilder().methods(named.toString()).methods(list.toString()).methods(others).build();
  }

  /** Source text of the class, without those of the children. */
  String classText() {
    StringBuilder text = new StringBuilder();
    int lastDot = qualifiedName.lastIndexOf('.');
    text.append("class ").append(qualifiedName.substring(lastDot + 1)).append("(Module):\n");
    text.append("  __parameters__ = ").append(nameList(parameterNames())).append('\n');
    text.append("  __buffers__ = ").append(nameList(bufferNames())).append('\n');
    tensors.keySet().forEach(name -> declare(text, name, "Tensor"));
    declare(text, "training", "bool");
    attributes.forEach((name, value) -> declare(text, name, value.typeText()));
    children.forEach((name, child) -> declare(text, name, child.qualifiedName()));
    String typed = SELF.matcher(methods).replaceAll("$1self: " + qualifiedName);
    typed
        .lines()
        .forEach(line -> text.append(line.isEmpty() ? "" : "  ").append(line).append('\n'));
    return text.toString();
  }

  private static String nameList(List<String> names) {
    StringBuilder text = new StringBuilder("[");
    names.forEach(name -> text.append('"').append(name).append("\", "));
    return text.append(']').toString();
  }

  private static void declare(StringBuilder text, String name, String type) {
    if (IDENTIFIER.matcher(name).matches()) {
      text.append("  ").append(name).append(" : ").append(type).append('\n');
    } else {
      text.append("  __annotations__[\"%s\"] = %s%n".formatted(name, type));
    }
  }

  /** Collects the parts of a module, in order of declaration. */
  public static final class Builder {
    private final String qualifiedName;
    private final Map<String, Slot> tensors = new LinkedHashMap<>();
    private final Map<String, ScriptValue> attributes = new LinkedHashMap<>();
    private final Map<String, ScriptModule> children = new LinkedHashMap<>();
    private final StringBuilder methods = new StringBuilder();

    private Builder(String qualifiedName) {
      if (!QUALIFIED_NAME.matcher(qualifiedName).matches()) {
        throw new IllegalArgumentException(
            "A class name looks like __torch__.package.Class, not " + qualifiedName + ".");
      }
      this.qualifiedName = qualifiedName;
    }

    /** A tensor that is trained. */
    public Builder parameter(String name, TensorData data) {
      unused(name);
      tensors.put(name, new Slot(data, true));
      return this;
    }

    /** A tensor that is not trained. */
    public Builder buffer(String name, TensorData data) {
      unused(name);
      tensors.put(name, new Slot(data, false));
      return this;
    }

    public Builder attribute(String name, ScriptValue value) {
      unused(name);
      attributes.put(name, value);
      return this;
    }

    public Builder child(String name, ScriptModule module) {
      unused(name);
      children.put(name, module);
      return this;
    }

    /** Appends method definitions, indented from the left margin. */
    public Builder methods(String text) {
      methods.append(text.endsWith("\n") ? text : text + "\n");
      return this;
    }

    public ScriptModule build() {
      return new ScriptModule(this);
    }

    private void unused(String name) {
      if (name.isEmpty()
          || name.contains(".")
          || name.equals("training")
          || tensors.containsKey(name)
          || attributes.containsKey(name)
          || children.containsKey(name)) {
        throw new IllegalArgumentException(
            "\"" + name + "\" is already used in " + qualifiedName + " or no possible name.");
      }
    }
  }
}
