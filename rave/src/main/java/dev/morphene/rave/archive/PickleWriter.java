package dev.morphene.rave.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the opcodes of pickle protocol 2 that PyTorch's files need. */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleWriter() {
    out.write(0x80);
    out.write(2);
  }

  void global(String module, String name) {
    out.write('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  void mark() {
    out.write('(');
  }

  void emptyTuple() {
    out.write(')');
  }

  /** Closes a tuple opened by {@link #mark}. */
  void tuple() {
    out.write('t');
  }

  void emptyDict() {
    out.write('}');
  }

  void emptyOrderedDict() {
    global("collections", "OrderedDict");
    emptyTuple();
    reduce();
  }

  void emptyList() {
    out.write(']');
  }

  /** Adds everything since {@link #mark} to the list below it. */
  void appends() {
    out.write('e');
  }

  /** Adds the keys and values since {@link #mark} to the dictionary below it. */
  void setItems() {
    out.write('u');
  }

  void reduce() {
    out.write('R');
  }

  void newObject() {
    out.write(0x81);
  }

  void build() {
    out.write('b');
  }

  void persistentId() {
    out.write('Q');
  }

  void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    littleEndian32(bytes.length);
    out.writeBytes(bytes);
  }

  void none() {
    out.write('N');
  }

  void bool(boolean value) {
    out.write(value ? 0x88 : 0x89);
  }

  void integer(long value) {
    if (value >= 0 && value <= 0xff) {
      out.write('K');
      out.write((int) value);
    } else if (value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE) {
      out.write('J');
      littleEndian32((int) value);
    } else {
      out.write(0x8a);
      out.write(8);
      out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
  }

  void real(double value) {
    out.write('G');
    out.writeBytes(ByteBuffer.allocate(8).putDouble(value).array());
  }

  /** A tensor whose elements lie in the entry {@code data/KEY}. */
  void tensor(TensorData data, String key, boolean requiresGradient) {
    global("torch._utils", "_rebuild_tensor_v2");
    mark();
    mark();
    text("storage");
    global("torch", data.type().storageClass());
    text(key);
    text("cpu");
    integer(data.elementCount());
    tuple();
    persistentId();
    integer(0);
    long[] shape = data.shape();
    longTuple(shape);
    longTuple(rowMajorStrides(shape));
    bool(requiresGradient);
    emptyOrderedDict();
    tuple();
    reduce();
  }

  byte[] finish() {
    out.write('.');
    return out.toByteArray();
  }

  private void longTuple(long[] values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    tuple();
  }

  private void littleEndian32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  static long[] rowMajorStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape[axis]);
    }
    return strides;
  }
}
