package dev.morphene.rave.official;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes event files as TensorBoard's writers do, for tests. */
final class EventFileWriter {
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  EventFileWriter() throws IOException {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(event);
    output.writeDouble(1, 1.7e9);
    output.writeString(3, "brain.Event:2");
    output.flush();
    frame(event.toByteArray());
  }

  EventFileWriter scalar(long step, String tag, double number) throws IOException {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(value);
    output.writeString(1, tag);
    output.writeFloat(2, (float) number);
    output.flush();
    return event(step, value.toByteArray());
  }

  /** A value that is no scalar: audio, field 6. */
  EventFileWriter audio(long step, String tag, int bytes) throws IOException {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(value);
    output.writeString(1, tag);
    output.writeByteArray(6, new byte[bytes]);
    output.flush();
    return event(step, value.toByteArray());
  }

  byte[] bytes() {
    return file.toByteArray();
  }

  private EventFileWriter event(long step, byte[] value) throws IOException {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    CodedOutputStream inner = CodedOutputStream.newInstance(summary);
    inner.writeByteArray(1, value);
    inner.flush();
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(event);
    output.writeDouble(1, 1.7e9);
    output.writeInt64(2, step);
    output.writeByteArray(5, summary.toByteArray());
    output.flush();
    frame(event.toByteArray());
    return this;
  }

  private void frame(byte[] record) throws IOException {
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(record.length).array();
    file.write(length);
    file.write(little(RecordFile.maskedChecksum(length)));
    file.write(record);
    file.write(little(RecordFile.maskedChecksum(record)));
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
