package dev.morphene.rave.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A typed value of TorchScript: an attribute of a module, an argument or a result of a method. */
public sealed interface ScriptValue {
  /** The type as TorchScript writes it, {@code List[str]} for instance. */
  String typeText();

  record Tensor(TensorData data) implements ScriptValue {
    @Override
    public String typeText() {
      return "Tensor";
    }
  }

  record Int(long value) implements ScriptValue {
    @Override
    public String typeText() {
      return "int";
    }
  }

  record Real(double value) implements ScriptValue {
    @Override
    public String typeText() {
      return "float";
    }
  }

  record Bool(boolean value) implements ScriptValue {
    @Override
    public String typeText() {
      return "bool";
    }
  }

  record Text(String value) implements ScriptValue {
    @Override
    public String typeText() {
      return "str";
    }
  }

  /** No value; the result of a method that returns nothing. */
  record None() implements ScriptValue {
    @Override
    public String typeText() {
      return "NoneType";
    }
  }

  /** A list of one element type, named so that it can be empty. */
  record Sequence(String elementType, List<ScriptValue> elements) implements ScriptValue {
    public Sequence {
      elements = List.copyOf(elements);
      for (ScriptValue element : elements) {
        if (!element.typeText().equals(elementType)) {
          throw new IllegalArgumentException(
              "A list of " + elementType + " cannot hold a " + element.typeText() + ".");
        }
      }
    }

    @Override
    public String typeText() {
      return "List[" + elementType + "]";
    }
  }

  record Tuple(List<ScriptValue> elements) implements ScriptValue {
    public Tuple {
      elements = List.copyOf(elements);
    }

    @Override
    public String typeText() {
      return "Tuple["
          + String.join(", ", elements.stream().map(ScriptValue::typeText).toList())
          + "]";
    }
  }

  /** Named tensors, in order. */
  record TensorMap(Map<String, TensorData> tensors) implements ScriptValue {
    public TensorMap {
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    @Override
    public String typeText() {
      return "Dict[str, Tensor]";
    }
  }

  static ScriptValue of(TensorData data) {
    return new Tensor(data);
  }

  static ScriptValue of(long value) {
    return new Int(value);
  }

  static ScriptValue of(double value) {
    return new Real(value);
  }

  static ScriptValue of(boolean value) {
    return new Bool(value);
  }

  static ScriptValue of(String value) {
    return new Text(value);
  }

  static ScriptValue of(Map<String, TensorData> tensors) {
    return new TensorMap(tensors);
  }

  static ScriptValue texts(List<String> values) {
    return new Sequence("str", values.stream().<ScriptValue>map(Text::new).toList());
  }

  static ScriptValue ints(List<Long> values) {
    return new Sequence("int", values.stream().<ScriptValue>map(Int::new).toList());
  }

  static ScriptValue reals(List<Double> values) {
    return new Sequence("float", values.stream().<ScriptValue>map(Real::new).toList());
  }

  static ScriptValue tensors(List<TensorData> values) {
    return new Sequence("Tensor", values.stream().<ScriptValue>map(Tensor::new).toList());
  }

  static ScriptValue tuple(ScriptValue... elements) {
    return new Tuple(List.of(elements));
  }

  /** The tensor, or an exception naming what is there instead. */
  default TensorData asTensor() {
    if (this instanceof Tensor tensor) {
      return tensor.data();
    }
    throw mismatch("a tensor");
  }

  default long asLong() {
    if (this instanceof Int integer) {
      return integer.value();
    }
    throw mismatch("an int");
  }

  default double asDouble() {
    if (this instanceof Real real) {
      return real.value();
    }
    throw mismatch("a float");
  }

  default boolean asBoolean() {
    if (this instanceof Bool bool) {
      return bool.value();
    }
    throw mismatch("a bool");
  }

  default String asText() {
    if (this instanceof Text text) {
      return text.value();
    }
    throw mismatch("a str");
  }

  /** Elements of a list or a tuple. */
  default List<ScriptValue> asList() {
    if (this instanceof Sequence sequence) {
      return sequence.elements();
    }
    if (this instanceof Tuple tuple) {
      return tuple.elements();
    }
    throw mismatch("a list or tuple");
  }

  default Map<String, TensorData> asTensorMap() {
    if (this instanceof TensorMap map) {
      return map.tensors();
    }
    throw mismatch("a dictionary of tensors");
  }

  private IllegalStateException mismatch(String wanted) {
    return new IllegalStateException("Expected " + wanted + " but found a " + typeText() + ".");
  }
}
