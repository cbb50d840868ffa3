package dev.morphene.rave.gin;

/**
 * One line {@code scope/module.Configurable.parameter = value}, or {@code NAME = value}.
 *
 * @param name as it is written on the left
 * @param configurable last name before the parameter; empty for a macro
 * @param parameter last name, the macro's own for a macro
 * @param line of the file, 1 the first
 */
public record GinBinding(
    String name, String configurable, String parameter, GinValue value, int line) {
  static GinBinding of(String name, GinValue value, int line) {
    String scoped = name.substring(0, name.lastIndexOf('/') + 1);
    String selector = name.substring(scoped.length());
    if (!scoped.isEmpty()
        && (selector.equals("macro.value") || selector.equals("gin.macro.value"))) {
      // How gin once wrote macros.
      String macro = scoped.substring(0, scoped.length() - 1);
      return new GinBinding(macro, "", macro, value, line);
    }
    int dot = selector.lastIndexOf('.');
    if (dot < 0) {
      return new GinBinding(name, "", selector, value, line);
    }
    String owner = selector.substring(0, dot);
    return new GinBinding(
        name,
        owner.substring(owner.lastIndexOf('.') + 1),
        selector.substring(dot + 1),
        value,
        line);
  }

  boolean isMacro() {
    return configurable.isEmpty();
  }
}
