package dev.morphene.rave.official;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The scalars of one TensorBoard event: protobuf message {@code tensorflow.Event} (step 2, summary
 * 5), whose {@code Summary} repeats {@code Value} (1), each with a tag (1) and, for a scalar, a
 * float (2). Audio, text and everything else is skipped.
 */
final class EventRecord {
  private static final int STEP = WireFormat.WIRETYPE_VARINT | 2 << 3;
  private static final int SUMMARY = WireFormat.WIRETYPE_LENGTH_DELIMITED | 5 << 3;
  private static final int VALUE = WireFormat.WIRETYPE_LENGTH_DELIMITED | 1 << 3;
  private static final int TAG = WireFormat.WIRETYPE_LENGTH_DELIMITED | 1 << 3;
  private static final int SIMPLE_VALUE = WireFormat.WIRETYPE_FIXED32 | 2 << 3;

  private EventRecord() {}

  /**
   * @throws IOException when the bytes are no event
   */
  static List<Scalar> scalars(byte[] record) throws IOException {
    CodedInputStream input = CodedInputStream.newInstance(record);
    long step = 0;
    List<Scalar> values = new ArrayList<>();
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == STEP) {
        step = input.readInt64();
      } else if (tag == SUMMARY) {
        int outer = input.pushLimit(input.readRawVarint32());
        summary(input, values);
        input.popLimit(outer);
      } else if (!input.skipField(tag)) {
        throw new IOException("An event ends in a group.");
      }
    }
    long stepOfAll = step;
    return values.stream().map(value -> new Scalar(stepOfAll, value.tag(), value.value())).toList();
  }

  private static void summary(CodedInputStream input, List<Scalar> values) throws IOException {
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == VALUE) {
        int outer = input.pushLimit(input.readRawVarint32());
        value(input, values);
        input.popLimit(outer);
      } else if (!input.skipField(tag)) {
        throw new IOException("A summary ends in a group.");
      }
    }
  }

  private static void value(CodedInputStream input, List<Scalar> values) throws IOException {
    String name = "";
    double number = 0;
    boolean scalar = false;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == TAG) {
        name = input.readString();
      } else if (tag == SIMPLE_VALUE) {
        number = input.readFloat();
        scalar = true;
      } else if (!input.skipField(tag)) {
        throw new IOException("A value ends in a group.");
      }
    }
    if (scalar) {
      values.add(new Scalar(0, name, number));
    }
  }
}
