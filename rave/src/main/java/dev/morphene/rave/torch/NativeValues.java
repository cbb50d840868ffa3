package dev.morphene.rave.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts the values of one call and closes what it made. */
final class NativeValues implements AutoCloseable {
  private final PtNDManager manager;
  private final List<IValue> owned = new ArrayList<>();
  private ByteBuffer staging = ByteBuffer.allocateDirect(0);

  NativeValues(PtNDManager manager) {
    this.manager = manager;
  }

  IValue toNative(ScriptValue value) {
    if (value instanceof ScriptValue.Tensor tensor) {
      return own(IValue.from(array(tensor.data())));
    } else if (value instanceof ScriptValue.Int integer) {
      return own(IValue.from(integer.value()));
    } else if (value instanceof ScriptValue.Real real) {
      return own(IValue.from(real.value()));
    } else if (value instanceof ScriptValue.Bool bool) {
      return own(IValue.from(bool.value()));
    } else if (value instanceof ScriptValue.Text text) {
      return own(IValue.from(text.value()));
    } else if (value instanceof ScriptValue.TensorMap map) {
      Map<String, PtNDArray> arrays = new LinkedHashMap<>();
      map.tensors().forEach((name, data) -> arrays.put(name, array(data)));
      return own(IValue.stringMapFrom(arrays));
    } else if (value instanceof ScriptValue.Tuple tuple) {
      return own(
          IValue.tupleFrom(tuple.elements().stream().map(this::toNative).toArray(IValue[]::new)));
    } else if (value instanceof ScriptValue.Sequence sequence) {
      return own(list(sequence));
    }
    throw new IllegalArgumentException("A " + value.typeText() + " cannot be an argument.");
  }

  private IValue list(ScriptValue.Sequence sequence) {
    List<ScriptValue> elements = sequence.elements();
    return switch (sequence.elementType()) {
      case "Tensor" ->
          IValue.listFrom(
              elements.stream()
                  .map(element -> array(element.asTensor()))
                  .toArray(PtNDArray[]::new));
      case "int" -> IValue.listFrom(elements.stream().mapToLong(ScriptValue::asLong).toArray());
      case "float" ->
          IValue.listFrom(elements.stream().mapToDouble(ScriptValue::asDouble).toArray());
      default -> IValue.listFrom(elements.stream().map(this::toNative).toArray(IValue[]::new));
    };
  }

  /** Takes over a native value and gives its content. */
  ScriptValue fromNative(IValue value) {
    own(value);
    if (value.isTensor()) {
      return ScriptValue.of(data(value.toTensor(manager)));
    } else if (value.isBoolean()) {
      return ScriptValue.of(value.toBoolean());
    } else if (value.isLong()) {
      return ScriptValue.of(value.toLong());
    } else if (value.isDouble()) {
      return ScriptValue.of(value.toDouble());
    } else if (value.isString()) {
      return ScriptValue.of(value.toStringValue());
    } else if (value.isMap()) {
      Map<String, TensorData> tensors = new LinkedHashMap<>();
      value.toIValueMap().forEach((name, item) -> tensors.put(name, fromNative(item).asTensor()));
      return ScriptValue.of(tensors);
    } else if (value.isTuple()) {
      return new ScriptValue.Tuple(fromNatives(value.toIValueTuple()));
    } else if (value.isTensorList()) {
      List<TensorData> tensors = new ArrayList<>();
      for (PtNDArray array : value.toTensorArray(manager)) {
        tensors.add(data(array));
      }
      return ScriptValue.tensors(tensors);
    } else if (value.isLongList()) {
      List<Long> values = new ArrayList<>();
      for (long element : value.toLongArray()) {
        values.add(element);
      }
      return ScriptValue.ints(values);
    } else if (value.isDoubleList()) {
      List<Double> values = new ArrayList<>();
      for (double element : value.toDoubleArray()) {
        values.add(element);
      }
      return ScriptValue.reals(values);
    } else if (value.isList()) {
      List<ScriptValue> elements = fromNatives(value.toIValueArray());
      String type = elements.isEmpty() ? "str" : elements.get(0).typeText();
      return new ScriptValue.Sequence(type, elements);
    }
    return new ScriptValue.None();
  }

  private List<ScriptValue> fromNatives(IValue[] values) {
    List<ScriptValue> elements = new ArrayList<>();
    for (IValue value : values) {
      elements.add(fromNative(value));
    }
    return elements;
  }

  private IValue own(IValue value) {
    owned.add(value);
    return value;
  }

  /** Duplicated, because libtorch may keep an argument longer than the memory below it. */
  private PtNDArray array(TensorData data) {
    Shape shape = new Shape(data.shape());
    ByteBuffer bytes = staging(data);
    if (data.type() == TensorData.ElementType.FLOAT32) {
      bytes.asFloatBuffer().put(data.floats());
      return duplicate(manager.create(bytes, shape, DataType.FLOAT32));
    }
    bytes.asLongBuffer().put(data.longs());
    return duplicate(manager.create(bytes, shape, DataType.INT64));
  }

  private static PtNDArray duplicate(PtNDArray view) {
    try (view) {
      return (PtNDArray) view.duplicate();
    }
  }

  /** The same memory for every tensor: what is allocated outside the heap lives until some GC. */
  private ByteBuffer staging(TensorData data) {
    int sizeBytes = Math.toIntExact(data.byteCount());
    if (staging.capacity() < sizeBytes) {
      staging = ByteBuffer.allocateDirect(sizeBytes);
    }
    return staging.duplicate().clear().limit(sizeBytes).order(ByteOrder.nativeOrder());
  }

  private static TensorData data(PtNDArray array) {
    long[] shape = array.getShape().getShape();
    return switch (array.getDataType()) {
      case FLOAT32 -> TensorData.ofFloats(array.toFloatArray(), shape);
      case INT64 -> TensorData.ofLongs(array.toLongArray(), shape);
      default ->
          throw new IllegalStateException(
              "A result is " + array.getDataType() + "; convert it to float32 or int64.");
    };
  }

  @Override
  public void close() {
    owned.forEach(IValue::close);
  }
}
