package dev.morphene.rave.archive;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pickle machine that can only make dictionaries, lists, plain values and tensors. Globals
 * outside a fixed list are an error; nothing is ever imported or called.
 */
final class PickleReader {
  /** A checkpoint of the largest configuration needs some hundred thousand. */
  private static final int MAXIMUM_OPCODES = 4_000_000;

  private static final int MAXIMUM_STACK = 1_000_000;
  private static final int MAXIMUM_AXES = 16;

  /** Told of every tensor, before it can be read. */
  interface Room {
    void claim(long bytes) throws UnreadableArchiveException;
  }

  private enum Known {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE,
    FLOAT_STORAGE,
    LONG_STORAGE
  }

  private static final Map<String, Known> GLOBALS =
      Map.of(
          "collections OrderedDict", Known.ORDERED_DICT,
          "torch._utils _rebuild_tensor_v2", Known.REBUILD_TENSOR,
          "torch._utils _rebuild_parameter", Known.REBUILD_PARAMETER,
          "torch Size", Known.SIZE,
          "torch FloatStorage", Known.FLOAT_STORAGE,
          "torch LongStorage", Known.LONG_STORAGE);

  private enum Mark {
    MARK
  }

  private final ByteBuffer in;
  private final Room room;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private PickleReader(byte[] pickle, Room room) {
    this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    this.room = room;
  }

  /** Maps, lists and plain values, with a {@link StoredTensor} for every tensor. */
  static Object read(byte[] pickle, Room room) throws UnreadableArchiveException {
    try {
      return new PickleReader(pickle, room).run();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | ClassCastException
        | NullPointerException e) {
      throw new UnreadableArchiveException("has a malformed index");
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new UnreadableArchiveException("has impossible numbers in its index");
    }
  }

  private Object run() throws UnreadableArchiveException {
    for (int count = 0; count < MAXIMUM_OPCODES && stack.size() < MAXIMUM_STACK; count++) {
      int opcode = in.get() & 0xff;
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
    }
    throw new UnreadableArchiveException("has an index that is too long");
  }

  private void step(int opcode) throws UnreadableArchiveException {
    switch (opcode) {
      case 0x80 -> {
        if (in.get() > 4) {
          throw new UnreadableArchiveException("is written in a newer pickle protocol");
        }
      }
      case '(' -> push(Mark.MARK);
      case ')' -> push(new ArrayList<>());
      case ']' -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) (in.get() & 0xff));
      case 'M' -> push((long) (in.getShort() & 0xffff));
      case 'J' -> push((long) in.getInt());
      case 0x8a -> push(shortLong());
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'X' -> push(text(in.getInt()));
      case 0x8c -> push(text(in.get() & 0xff));
      case 't' -> push(popToMark());
      case 0x85 -> push(popList(1));
      case 0x86 -> push(popList(2));
      case 0x87 -> push(popList(3));
      case 'q' -> memo.put(in.get() & 0xff, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 'h' -> push(remembered(in.get() & 0xff));
      case 'j' -> push(remembered(in.getInt()));
      case 'c' -> push(global(line() + " " + line()));
      case 'Q' -> push(persistent(asList(pop())));
      case 'R' -> push(call());
      case 'a' -> {
        Object element = pop();
        asList(top()).add(element);
      }
      case 'e' -> {
        List<Object> elements = popToMark();
        asList(top()).addAll(elements);
      }
      case 's' -> {
        Object value = pop();
        Object key = pop();
        put(key, value);
      }
      case 'u' -> {
        List<Object> items = popToMark();
        for (int i = 0; i < items.size(); i += 2) {
          put(items.get(i), items.get(i + 1));
        }
      }
      case 'b' -> {
        // State of a dictionary object: torch keeps module versions there, which nobody reads.
        pop();
        asMap(top());
      }
      default ->
          throw new UnreadableArchiveException(
              "uses a pickle instruction that checkpoints do not need (%#x)".formatted(opcode));
    }
  }

  private static Known global(String name) throws UnreadableArchiveException {
    Known known = GLOBALS.get(name);
    if (known == null) {
      throw new UnreadableArchiveException(
          "refers to \"" + printable(name) + "\", which a checkpoint has no need of");
    }
    return known;
  }

  private static String printable(String name) {
    String clean = name.replaceAll("[^ -~]", "?");
    return clean.length() > 80 ? clean.substring(0, 80) + "…" : clean;
  }

  private Object call() throws UnreadableArchiveException {
    List<Object> arguments = asList(pop());
    Object function = pop();
    if (function == Known.ORDERED_DICT && arguments.isEmpty()) {
      return new LinkedHashMap<>();
    }
    if (function == Known.SIZE) {
      return arguments.get(0);
    }
    if (function == Known.REBUILD_PARAMETER && arguments.get(0) instanceof StoredTensor tensor) {
      return tensor;
    }
    if (function == Known.REBUILD_TENSOR) {
      return tensor(arguments);
    }
    throw new UnreadableArchiveException("calls something that is no dictionary or tensor");
  }

  private Object persistent(List<Object> id) throws UnreadableArchiveException {
    if (!"storage".equals(id.get(0))) {
      throw new UnreadableArchiveException("refers to something that is no tensor storage");
    }
    TensorData.ElementType type =
        id.get(1) == Known.FLOAT_STORAGE
            ? TensorData.ElementType.FLOAT32
            : TensorData.ElementType.INT64;
    if (type == TensorData.ElementType.INT64 && id.get(1) != Known.LONG_STORAGE) {
      throw new UnreadableArchiveException("has a tensor of an unknown element type");
    }
    return new StoredTensor.Storage(type, (String) id.get(2), (Long) id.get(4));
  }

  private StoredTensor tensor(List<Object> arguments) throws UnreadableArchiveException {
    StoredTensor.Storage storage = (StoredTensor.Storage) arguments.get(0);
    long offset = (Long) arguments.get(1);
    long[] shape = longs(asList(arguments.get(2)));
    long[] strides = longs(asList(arguments.get(3)));
    if (shape.length != strides.length || shape.length > MAXIMUM_AXES || offset < 0) {
      throw new UnreadableArchiveException("has a tensor of an impossible shape");
    }
    long count = TensorData.elementCount(shape);
    room.claim(Math.multiplyExact(count, storage.type().bytes()));
    long last = offset;
    for (int axis = 0; axis < shape.length; axis++) {
      if (strides[axis] < 0) {
        throw new UnreadableArchiveException("has a tensor of an impossible shape");
      }
      last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]));
    }
    if (count > 0 && last >= storage.count()) {
      throw new UnreadableArchiveException("has a tensor that reaches past its data");
    }
    return new StoredTensor(storage, offset, shape, strides);
  }

  private static long[] longs(List<Object> values) {
    return values.stream().mapToLong(value -> (Long) value).toArray();
  }

  private void put(Object key, Object value) throws UnreadableArchiveException {
    if (!(key instanceof String || key instanceof Long)) {
      // Lists and maps as keys could be made to contain themselves, whose hash never ends.
      throw new UnreadableArchiveException("has a dictionary key that is no text or number");
    }
    asMap(top()).put(key, value);
  }

  private Object remembered(int key) throws UnreadableArchiveException {
    if (!memo.containsKey(key)) {
      throw new UnreadableArchiveException("has a malformed index");
    }
    return memo.get(key);
  }

  private long shortLong() throws UnreadableArchiveException {
    byte[] bytes = new byte[in.get() & 0xff];
    in.get(bytes);
    if (bytes.length == 0) {
      return 0;
    }
    byte[] bigEndian = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(bigEndian).longValueExact();
  }

  private String text(int length) {
    byte[] bytes = new byte[checkedLength(length)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int checkedLength(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return length;
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (char c = (char) in.get(); c != '\n'; c = (char) in.get()) {
      line.append(c);
    }
    return line.toString();
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private List<Object> popList(int count) {
    List<Object> tail = stack.subList(stack.size() - count, stack.size());
    List<Object> popped = new ArrayList<>(tail);
    tail.clear();
    return popped;
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(Mark.MARK);
    List<Object> popped = popList(stack.size() - mark - 1);
    stack.remove(mark);
    return popped;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> asList(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> asMap(Object value) {
    return (Map<Object, Object>) value;
  }
}
