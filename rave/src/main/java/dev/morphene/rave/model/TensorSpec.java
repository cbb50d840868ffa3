package dev.morphene.rave.model;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TensorData.ElementType;
import java.util.Arrays;

/**
 * What a tensor of a model looks like, and what it holds before the first step.
 *
 * @param trained an optimiser changes it; others are buffers
 * @param initial how it begins
 * @param fill the value everywhere when it begins {@link Initial#FILLED}
 */
public record TensorSpec(
    ElementType type, long[] shape, boolean trained, Initial initial, double fill) {

  /** How a tensor begins. */
  public enum Initial {
    /** Uniform within 1 over the root of the fan-in, which is all axes but the first. */
    UNIFORM,
    /** The norms of the {@code weight_v} beside it, so that its length changes nothing. */
    NORMS,
    /** The same value everywhere. */
    FILLED
  }

  static TensorSpec weight(long... shape) {
    return new TensorSpec(ElementType.FLOAT32, shape, true, Initial.UNIFORM, 0);
  }

  static TensorSpec norms(long rows) {
    return new TensorSpec(ElementType.FLOAT32, new long[] {rows, 1, 1}, true, Initial.NORMS, 0);
  }

  static TensorSpec parameter(double fill, long... shape) {
    return new TensorSpec(ElementType.FLOAT32, shape, true, Initial.FILLED, fill);
  }

  static TensorSpec buffer(double fill, long... shape) {
    return new TensorSpec(ElementType.FLOAT32, shape, false, Initial.FILLED, fill);
  }

  static TensorSpec integers(long fill, long... shape) {
    return new TensorSpec(ElementType.INT64, shape, false, Initial.FILLED, fill);
  }

  /** Whether a tensor has this type and this shape. */
  public boolean fits(TensorData tensor) {
    return tensor.type() == type && Arrays.equals(tensor.shape(), shape);
  }

  /** A tensor that begins filled. */
  TensorData filled() {
    int count = Math.toIntExact(TensorData.elementCount(shape));
    if (type == ElementType.INT64) {
      long[] data = new long[count];
      Arrays.fill(data, (long) fill);
      return TensorData.ofLongs(data, shape);
    }
    float[] data = new float[count];
    Arrays.fill(data, (float) fill);
    return TensorData.ofFloats(data, shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorSpec that
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && trained == that.trained
        && initial == that.initial
        && fill == that.fill;
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
