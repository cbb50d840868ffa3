package dev.morphene.rave.dataset;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * One record of the official dataset: protobuf message {@code audio_example.AudioExample} with one
 * 16-bit buffer named {@code waveform}. Fields are written in the order and form of the official
 * tool, so that records are equal byte for byte.
 *
 * @param channels at least 1
 * @param samplingRateHz of the samples
 * @param data little-endian 16-bit samples, planar: all of channel 0, then channel 1
 */
record ExampleRecord(int channels, int samplingRateHz, byte[] data) {
  private static final String WAVEFORM = "waveform";
  private static final int PRECISION_INT16 = 3;

  private static final int BUFFERS = 1;
  private static final int MAP_KEY = 1;
  private static final int MAP_VALUE = 2;
  private static final int SHAPE = 1;
  private static final int SAMPLING_RATE = 2;
  private static final int DATA = 3;
  private static final int PRECISION = 4;

  byte[] toBytes() throws IOException {
    // The official shape counts bytes, not samples; readers do not look at it.
    int bytesPerChannel = data.length / channels;
    int bufferBytes =
        CodedOutputStream.computeInt32Size(SHAPE, channels)
            + CodedOutputStream.computeInt32Size(SHAPE, bytesPerChannel)
            + CodedOutputStream.computeInt32Size(SAMPLING_RATE, samplingRateHz)
            + CodedOutputStream.computeByteArraySize(DATA, data)
            + CodedOutputStream.computeEnumSize(PRECISION, PRECISION_INT16);
    int entryBytes =
        CodedOutputStream.computeStringSize(MAP_KEY, WAVEFORM)
            + CodedOutputStream.computeTagSize(MAP_VALUE)
            + CodedOutputStream.computeUInt32SizeNoTag(bufferBytes)
            + bufferBytes;
    byte[] bytes =
        new byte
            [CodedOutputStream.computeTagSize(BUFFERS)
                + CodedOutputStream.computeUInt32SizeNoTag(entryBytes)
                + entryBytes];
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.writeTag(BUFFERS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    output.writeUInt32NoTag(entryBytes);
    output.writeString(MAP_KEY, WAVEFORM);
    output.writeTag(MAP_VALUE, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    output.writeUInt32NoTag(bufferBytes);
    output.writeInt32(SHAPE, channels);
    output.writeInt32(SHAPE, bytesPerChannel);
    output.writeInt32(SAMPLING_RATE, samplingRateHz);
    output.writeByteArray(DATA, data);
    output.writeEnum(PRECISION, PRECISION_INT16);
    output.checkNoSpaceLeft();
    return bytes;
  }

  /**
   * Reads a record.
   *
   * @param channels as the dataset's metadata says; the record's shape is not trusted
   * @throws IOException if the bytes are no such record, or hold no 16-bit waveform
   */
  static ExampleRecord parse(byte[] bytes, int channels) throws IOException {
    CodedInputStream input = CodedInputStream.newInstance(bytes);
    ExampleRecord found = null;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == lengthDelimitedTag(BUFFERS)) {
        int outer = input.pushLimit(input.readRawVarint32());
        ExampleRecord buffer = parseMapEntry(input, channels);
        found = buffer == null ? found : buffer;
        input.popLimit(outer);
      } else if (!input.skipField(tag)) {
        throw new IOException("stray end of group");
      }
    }
    if (found == null) {
      throw new IOException("no buffer named waveform; sets of paths (lazy) are not supported");
    }
    return found;
  }

  private static ExampleRecord parseMapEntry(CodedInputStream input, int channels)
      throws IOException {
    String key = "";
    ExampleRecord value = null;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == lengthDelimitedTag(MAP_KEY)) {
        key = input.readString();
      } else if (tag == lengthDelimitedTag(MAP_VALUE)) {
        int outer = input.pushLimit(input.readRawVarint32());
        value = parseBuffer(input, channels);
        input.popLimit(outer);
      } else if (!input.skipField(tag)) {
        throw new IOException("stray end of group");
      }
    }
    return WAVEFORM.equals(key) ? value : null;
  }

  private static ExampleRecord parseBuffer(CodedInputStream input, int channels)
      throws IOException {
    int samplingRateHz = 0;
    int precision = -1;
    ByteString data = ByteString.EMPTY;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case SAMPLING_RATE -> samplingRateHz = input.readInt32();
        case DATA -> data = input.readBytes();
        case PRECISION -> precision = input.readEnum();
        default -> {
          if (!input.skipField(tag)) {
            throw new IOException("stray end of group");
          }
        }
      }
    }
    if (precision != PRECISION_INT16) {
      throw new IOException("samples are of precision " + precision + ", not 16-bit integers");
    }
    if (data.isEmpty() || data.size() % (2 * channels) != 0) {
      throw new IOException(data.size() + " bytes are no samples of " + channels + " channels");
    }
    return new ExampleRecord(channels, samplingRateHz, data.toByteArray());
  }

  private static int lengthDelimitedTag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** 16-bit integers of samples of full scale 1; the scale is that of the official reader. */
  static byte[] quantize(float[] samples) {
    byte[] data = new byte[2 * samples.length];
    for (int index = 0; index < samples.length; index++) {
      int value = Math.round(Math.max(-1f, Math.min(1f, samples[index])) * Short.MAX_VALUE);
      data[2 * index] = (byte) value;
      data[2 * index + 1] = (byte) (value >> 8);
    }
    return data;
  }

  /** Samples of full scale 1, planar. */
  float[] samples() {
    float[] samples = new float[data.length / 2];
    for (int index = 0; index < samples.length; index++) {
      int value = (data[2 * index] & 0xff) | data[2 * index + 1] << 8;
      samples[index] = value / (float) Short.MAX_VALUE;
    }
    return samples;
  }
}
