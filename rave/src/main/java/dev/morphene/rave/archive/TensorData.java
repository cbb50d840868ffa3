package dev.morphene.rave.archive;

import java.util.Arrays;

/**
 * A dense tensor in row-major order on the Java side. The arrays given in and handed out are not
 * copied; whoever shares them does not change them.
 */
public final class TensorData {
  /** Element types; the ones RAVE checkpoints hold. */
  public enum ElementType {
    FLOAT32(4, "FloatStorage"),
    INT64(8, "LongStorage");

    private final int bytes;
    private final String storageClass;

    ElementType(int bytes, String storageClass) {
      this.bytes = bytes;
      this.storageClass = storageClass;
    }

    public int bytes() {
      return bytes;
    }

    /** Class name under {@code torch} in pickles. */
    String storageClass() {
      return storageClass;
    }
  }

  private final ElementType type;
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;

  private TensorData(ElementType type, long[] shape, float[] floats, long[] longs) {
    this.type = type;
    this.shape = shape;
    this.floats = floats;
    this.longs = longs;
    int length = type == ElementType.FLOAT32 ? floats.length : longs.length;
    if (elementCount(shape) != length) {
      throw new IllegalArgumentException(
          "A tensor of shape "
              + Arrays.toString(shape)
              + " does not have "
              + length
              + " elements.");
    }
  }

  public static TensorData ofFloats(float[] data, long... shape) {
    return new TensorData(ElementType.FLOAT32, shape.clone(), data, null);
  }

  public static TensorData ofLongs(long[] data, long... shape) {
    return new TensorData(ElementType.INT64, shape.clone(), null, data);
  }

  /** A tensor without axes. */
  public static TensorData scalar(float value) {
    return ofFloats(new float[] {value});
  }

  /** A tensor without axes. */
  public static TensorData scalar(long value) {
    return ofLongs(new long[] {value});
  }

  public static TensorData zeros(long... shape) {
    return ofFloats(new float[Math.toIntExact(elementCount(shape))], shape);
  }

  /** Product of the axes, 1 for none. */
  public static long elementCount(long... shape) {
    long count = 1;
    for (long axis : shape) {
      if (axis < 0) {
        throw new IllegalArgumentException("No axis is negative: " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, axis);
    }
    return count;
  }

  public ElementType type() {
    return type;
  }

  public long[] shape() {
    return shape.clone();
  }

  public int elementCount() {
    return type == ElementType.FLOAT32 ? floats.length : longs.length;
  }

  /** Bytes of the elements. */
  public long byteCount() {
    return (long) elementCount() * type.bytes();
  }

  /**
   * The elements themselves.
   *
   * @throws IllegalStateException for an integer tensor
   */
  public float[] floats() {
    if (type != ElementType.FLOAT32) {
      throw new IllegalStateException("This tensor holds integers.");
    }
    return floats;
  }

  /**
   * The elements themselves.
   *
   * @throws IllegalStateException for a float tensor
   */
  public long[] longs() {
    if (type != ElementType.INT64) {
      throw new IllegalStateException("This tensor holds floats.");
    }
    return longs;
  }

  /** The same elements, shared, under other axes. */
  public TensorData reshaped(long... other) {
    return new TensorData(type, other.clone(), floats, longs);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorData that
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(floats, that.floats)
        && Arrays.equals(longs, that.longs);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape)
        + (type == ElementType.FLOAT32 ? Arrays.hashCode(floats) : Arrays.hashCode(longs));
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
