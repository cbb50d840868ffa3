package dev.morphene.rave.archive;

import dev.morphene.rave.archive.TensorData.ElementType;
import java.io.IOException;
import java.util.Arrays;

/** A tensor as an index describes it; its elements are read when it is asked for, and only then. */
final class StoredTensor {
  /**
   * Where its elements lie.
   *
   * @param count elements of the whole storage, which several tensors may share
   */
  record Storage(ElementType type, String key, long count) {}

  /** Gives the elements that an index refers to. */
  interface Source {
    TensorData storage(Storage storage) throws IOException, UnreadableArchiveException;
  }

  private final Storage storage;
  private final long offset;
  private final long[] shape;
  private final long[] strides;
  private TensorData read;

  /** The caller has seen to it that no element lies outside the storage. */
  StoredTensor(Storage storage, long offset, long[] shape, long[] strides) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** Reads it the first time: an index can name one tensor very often. */
  TensorData read(Source source) throws IOException, UnreadableArchiveException {
    if (read == null) {
      TensorData data = source.storage(storage);
      boolean whole =
          offset == 0
              && TensorData.elementCount(shape) == storage.count()
              && Arrays.equals(strides, PickleWriter.rowMajorStrides(shape));
      read = whole ? data.reshaped(shape) : gather(data);
    }
    return read;
  }

  private TensorData gather(TensorData data) {
    int count = Math.toIntExact(TensorData.elementCount(shape));
    boolean real = data.type() == ElementType.FLOAT32;
    float[] floats = real ? new float[count] : null;
    long[] longs = real ? null : new long[count];
    long[] index = new long[shape.length];
    for (int i = 0; i < count; i++) {
      long position = offset;
      for (int axis = 0; axis < shape.length; axis++) {
        position += index[axis] * strides[axis];
      }
      if (real) {
        floats[i] = data.floats()[(int) position];
      } else {
        longs[i] = data.longs()[(int) position];
      }
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return real ? TensorData.ofFloats(floats, shape) : TensorData.ofLongs(longs, shape);
  }
}
