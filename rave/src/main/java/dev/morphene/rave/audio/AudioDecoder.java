package dev.morphene.rave.audio;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_describe;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_get_sample_fmt_name;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * Decodes the best audio stream of any file that FFmpeg reads. Mono is the average of all channels
 * of the file, whatever they are called; a conversion of rate follows the downmix. A file that is
 * damaged anywhere, or ends before its header says, is unusable as a whole: half a recording under
 * the full one's name would only be noticed when somebody listens.
 */
public final class AudioDecoder implements AutoCloseable {
  /** Encoders pad and trim their last frames; a cut recording misses more than this. */
  private static final double MISSING_SECONDS_ALLOWED = 0.1;

  private final AVFormatContext container = new AVFormatContext(null);
  private final AVCodecContext codec = avcodec_alloc_context3(null);
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();
  private final SampleFormat format;
  private final List<String> repairs;
  private final SampleSink sink;
  private FilterChain filters;
  private int frameRateHz;
  private long decodedSamples;

  private AudioDecoder(SampleFormat format, List<String> repairs, SampleSink sink) {
    this.format = format;
    this.repairs = repairs;
    this.sink = sink;
  }

  /**
   * Decodes a whole file into {@code sink}, in blocks of a few thousand samples.
   *
   * @return length of the file, seconds
   * @throws UnusableAudioException if the file is no sound, damaged or cut off
   * @throws IOException if the sink fails
   */
  public static double decode(
      Path file, SampleFormat format, Restoration restoration, SampleSink sink)
      throws UnusableAudioException, IOException {
    refuseUnreadable(file);
    Ffmpeg.quiet();
    double noiseFloorDecibels = 0;
    if (restoration.removeNoise()) {
      NoiseFloor floor = new NoiseFloor(format);
      decode(file, format, Restoration.NONE, floor);
      noiseFloorDecibels = floor.decibels();
    }
    List<String> repairs = restoration.filters(noiseFloorDecibels);
    try (AudioDecoder decoder = new AudioDecoder(format, repairs, sink)) {
      return decoder.run(file);
    }
  }

  /**
   * What a file's header says of its sound.
   *
   * @throws UnusableAudioException if the file is no sound or cut off
   */
  public static AudioHeader header(Path file) throws UnusableAudioException, IOException {
    refuseUnreadable(file);
    Ffmpeg.quiet();
    SampleFormat unused = new SampleFormat(48_000, 1);
    try (AudioDecoder decoder = new AudioDecoder(unused, List.of(), channels -> {})) {
      AVStream stream = decoder.container.streams(decoder.open(file));
      return new AudioHeader(
          stream.codecpar().sample_rate(), stream.codecpar().ch_layout().nb_channels());
    }
  }

  /**
   * Length of a file by decoding all of it; a header may promise what is not there.
   *
   * @throws UnusableAudioException if the file is no sound, damaged or cut off
   */
  public static double seconds(Path file) throws UnusableAudioException, IOException {
    return decode(file, header(file).measuringFormat(), Restoration.NONE, channels -> {});
  }

  private static void refuseUnreadable(Path file) throws UnusableAudioException, IOException {
    if (!Files.isRegularFile(file)) {
      throw new UnusableAudioException("is not there");
    }
    if (!Files.isReadable(file)) {
      throw new UnusableAudioException("may not be read by this user");
    }
    if (Files.size(file) == 0) {
      throw new UnusableAudioException("is empty (0 bytes)");
    }
    long missingBytes = RiffLength.missingBytes(file);
    if (missingBytes > 0) {
      throw new UnusableAudioException(
          "is cut off: "
              + missingBytes
              + " bytes that its header promises are missing; copy it again");
    }
  }

  /** Decodes a whole file to mono samples in memory. */
  public static float[] decodeMono(Path file, int samplingRateHz)
      throws UnusableAudioException, IOException {
    SampleBuffer buffer = new SampleBuffer();
    decode(
        file,
        new SampleFormat(samplingRateHz, 1),
        Restoration.NONE,
        channels -> buffer.append(channels[0]));
    return buffer.toArray();
  }

  private double run(Path file) throws UnusableAudioException, IOException {
    int streamIndex = open(file);
    AVStream stream = container.streams(streamIndex);
    while (true) {
      int result = av_read_frame(container, packet);
      if (result == AVERROR_EOF()) {
        break;
      }
      if (result < 0) {
        throw damaged(Ffmpeg.reason(result));
      }
      try {
        if (packet.stream_index() == streamIndex) {
          // The demuxer got less than it asked for: the file ends inside a packet.
          if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            throw damaged("it ends inside a packet");
          }
          decode(packet);
        }
      } finally {
        av_packet_unref(packet);
      }
    }
    decode(null);
    if (filters == null || decodedSamples == 0) {
      throw new UnusableAudioException("holds no sound");
    }
    filters.finish();
    double seconds = (double) decodedSamples / frameRateHz;
    double promised = promisedSeconds(stream);
    if (seconds < promised - MISSING_SECONDS_ALLOWED) {
      throw new UnusableAudioException(
          String.format(
              Locale.ROOT,
              "is cut off: %.1f of the %.1f seconds its header promises; copy it again",
              seconds,
              promised));
    }
    return seconds;
  }

  private int open(Path file) throws UnusableAudioException {
    // FFmpeg takes bytes; a URI has the file name's own bytes in every locale, a String has not.
    byte[] name = bytesOf("file:", file);
    AVDictionary options = new AVDictionary(null);
    try (BytePointer url = new BytePointer(name)) {
      // A playlist that calls itself a recording must not make us fetch anything.
      av_dict_set(options, "protocol_whitelist", "file", 0);
      int result = avformat_open_input(container, url, (AVInputFormat) null, options);
      if (result < 0) {
        throw new UnusableAudioException("is no audio file (" + Ffmpeg.reason(result) + ")");
      }
    } finally {
      av_dict_free(options);
    }
    int result = avformat_find_stream_info(container, (AVDictionary) null);
    if (result < 0) {
      throw new UnusableAudioException("is no audio file (" + Ffmpeg.reason(result) + ")");
    }
    int streamIndex = av_find_best_stream(container, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
    if (streamIndex < 0) {
      throw new UnusableAudioException("holds no sound that can be decoded");
    }
    AVStream stream = container.streams(streamIndex);
    AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
    if (decoder == null || decoder.isNull()) {
      throw new UnusableAudioException("holds sound of an unknown codec");
    }
    Ffmpeg.check(avcodec_parameters_to_context(codec, stream.codecpar()), "Reading a header");
    codec.pkt_timebase(stream.time_base());
    codec.thread_count(1);
    result = avcodec_open2(codec, decoder, (AVDictionary) null);
    if (result < 0) {
      throw new UnusableAudioException("cannot be decoded (" + Ffmpeg.reason(result) + ")");
    }
    return streamIndex;
  }

  private static byte[] bytesOf(String prefix, Path file) {
    String path = file.toAbsolutePath().toUri().getRawPath();
    byte[] bytes = new byte[prefix.length() + path.length() + 1];
    int length = 0;
    for (byte letter : prefix.getBytes(StandardCharsets.US_ASCII)) {
      bytes[length++] = letter;
    }
    for (int index = 0; index < path.length(); index++) {
      char letter = path.charAt(index);
      if (letter == '%') {
        bytes[length++] = (byte) Integer.parseInt(path.substring(index + 1, index + 3), 16);
        index += 2;
      } else {
        bytes[length++] = (byte) letter;
      }
    }
    return bytes;
  }

  private void decode(AVPacket next) throws UnusableAudioException, IOException {
    int result = avcodec_send_packet(codec, next);
    // Some containers begin with a packet that is no sound; after the first sound it is damage.
    if (result < 0 && result != AVERROR_EOF() && decodedSamples > 0) {
      throw damaged(Ffmpeg.reason(result));
    }
    while (true) {
      result = avcodec_receive_frame(codec, frame);
      if (result == AVERROR_EAGAIN() || result == AVERROR_EOF()) {
        return;
      }
      if (result < 0) {
        if (decodedSamples > 0) {
          throw damaged(Ffmpeg.reason(result));
        }
        return;
      }
      try {
        take(frame);
      } finally {
        av_frame_unref(frame);
      }
    }
  }

  private void take(AVFrame decoded) throws UnusableAudioException, IOException {
    if (filters == null) {
      frameRateHz = decoded.sample_rate();
      filters = filtersFor(decoded);
    } else if (decoded.sample_rate() != frameRateHz) {
      throw new UnusableAudioException("changes its sampling rate midway");
    }
    decodedSamples += decoded.nb_samples();
    filters.push(decoded);
  }

  private FilterChain filtersFor(AVFrame decoded) {
    byte[] description = new byte[256];
    int length =
        Ffmpeg.check(
            av_channel_layout_describe(decoded.ch_layout(), description, description.length),
            "Naming a channel layout");
    String layout = new String(description, 0, Math.max(0, length - 1), StandardCharsets.US_ASCII);
    int channels = decoded.ch_layout().nb_channels();
    String arguments =
        "sample_fmt=%s:sample_rate=%d:channel_layout=%s:time_base=1/%d"
            .formatted(
                av_get_sample_fmt_name(decoded.format()).getString(),
                frameRateHz,
                layout,
                frameRateHz);
    List<String> chain = new ArrayList<>();
    chain.add("aformat=sample_fmts=fltp");
    if (format.channels() == 1 && channels > 1) {
      chain.add(averageOf(channels));
    }
    chain.addAll(repairs);
    chain.add("aresample=" + format.samplingRateHz());
    return FilterChain.ofFrames(arguments, String.join(",", chain), format, sink);
  }

  /** All channels count alike; FFmpeg's own downmix weighs them and drops the low-frequency one. */
  private static String averageOf(int channels) {
    return IntStream.range(0, channels)
        .mapToObj(channel -> String.format(Locale.ROOT, "%.9f*c%d", 1.0 / channels, channel))
        .collect(Collectors.joining("+", "pan=mono|c0=", ""));
  }

  private double promisedSeconds(AVStream stream) {
    if (container.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE) {
      return 0;
    }
    if (stream.duration() != AV_NOPTS_VALUE) {
      return (double) stream.duration() * stream.time_base().num() / stream.time_base().den();
    }
    return container.duration() == AV_NOPTS_VALUE
        ? 0
        : (double) container.duration() / AV_TIME_BASE;
  }

  private UnusableAudioException damaged(String reason) {
    double seconds = frameRateHz == 0 ? 0 : (double) decodedSamples / frameRateHz;
    return new UnusableAudioException(
        String.format(Locale.ROOT, "is damaged after %.1f seconds (%s)", seconds, reason));
  }

  @Override
  public void close() {
    if (filters != null) {
      filters.close();
    }
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(codec);
    avformat_close_input(container);
  }
}
