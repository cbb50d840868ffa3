package dev.morphene.rave.audio;

import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_get_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_get_double;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import java.io.IOException;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A chain of FFmpeg audio filters between frames or samples that go in and samples that come out.
 * For one thread; closing frees everything native.
 */
final class FilterChain implements AutoCloseable {
  private final AVFilterGraph graph = avfilter_graph_alloc();
  private final AVFrame received = av_frame_alloc();
  private final AVFilterContext source = new AVFilterContext((Pointer) null);
  private final AVFilterContext sinkFilter = new AVFilterContext((Pointer) null);
  private final SampleFormat inputFormat;
  private final SampleSink sink;
  private long pushedSamples;

  private FilterChain(SampleFormat inputFormat, SampleSink sink) {
    this.inputFormat = inputFormat;
    this.sink = sink;
  }

  /** A chain that samples are pushed into. */
  static FilterChain ofSamples(
      SampleFormat input, String filters, SampleFormat output, SampleSink sink) {
    String arguments =
        "sample_fmt=fltp:sample_rate=%d:channel_layout=%s:time_base=1/%d"
            .formatted(input.samplingRateHz(), input.layout(), input.samplingRateHz());
    return open(arguments, filters, input, output, sink);
  }

  /** A chain that decoded frames are pushed into; {@code arguments} are those of abuffer. */
  static FilterChain ofFrames(
      String arguments, String filters, SampleFormat output, SampleSink sink) {
    return open(arguments, filters, output, output, sink);
  }

  private static FilterChain open(
      String arguments, String filters, SampleFormat input, SampleFormat output, SampleSink sink) {
    Ffmpeg.quiet();
    FilterChain chain = new FilterChain(input, sink);
    try {
      String format =
          "aformat=sample_fmts=fltp:sample_rates=%d:channel_layouts=%s"
              .formatted(output.samplingRateHz(), output.layout());
      chain.build(arguments, filters.isEmpty() ? format : filters + "," + format);
      return chain;
    } catch (RuntimeException failed) {
      chain.close();
      throw failed;
    }
  }

  private void build(String arguments, String filters) {
    // One thread: the filters' own pool outlives nothing and gains nothing on one channel.
    graph.nb_threads(1);
    Ffmpeg.check(
        avfilter_graph_create_filter(
            source, avfilter_get_by_name("abuffer"), "in", arguments, null, graph),
        "Opening the filter input " + arguments);
    Ffmpeg.check(
        avfilter_graph_create_filter(
            sinkFilter, avfilter_get_by_name("abuffersink"), "out", (String) null, null, graph),
        "Opening the filter output");
    AVFilterInOut outputs = avfilter_inout_alloc();
    AVFilterInOut inputs = avfilter_inout_alloc();
    try (BytePointer in = new BytePointer("in");
        BytePointer out = new BytePointer("out")) {
      // FFmpeg frees these names with its own allocator.
      outputs.name(av_strdup(in)).filter_ctx(source).pad_idx(0).next(null);
      inputs.name(av_strdup(out)).filter_ctx(sinkFilter).pad_idx(0).next(null);
      Ffmpeg.check(
          avfilter_graph_parse_ptr(graph, filters, inputs, outputs, null),
          "Reading the filters " + filters);
    } finally {
      avfilter_inout_free(inputs);
      avfilter_inout_free(outputs);
    }
    Ffmpeg.check(avfilter_graph_config(graph, null), "Connecting the filters " + filters);
  }

  /** Pushes a decoded frame, which stays the caller's. */
  void push(AVFrame frame) throws IOException {
    Ffmpeg.check(
        av_buffersrc_add_frame_flags(source, frame, AV_BUFFERSRC_FLAG_KEEP_REF),
        "Filtering a frame");
    drain();
  }

  /** Pushes samples, one array for each channel of the input format. */
  void push(float[][] channels) throws IOException {
    int samples = channels[0].length;
    if (samples == 0) {
      return;
    }
    AVFrame frame = av_frame_alloc();
    try {
      frame.format(AV_SAMPLE_FMT_FLTP);
      frame.sample_rate(inputFormat.samplingRateHz());
      frame.nb_samples(samples);
      frame.pts(pushedSamples);
      av_channel_layout_default(frame.ch_layout(), inputFormat.channels());
      Ffmpeg.check(av_frame_get_buffer(frame, 0), "Taking memory for samples");
      for (int channel = 0; channel < channels.length; channel++) {
        try (FloatPointer plane = new FloatPointer(frame.extended_data(channel))) {
          plane.put(channels[channel], 0, samples);
        }
      }
      pushedSamples += samples;
      push(frame);
    } finally {
      av_frame_free(frame);
    }
  }

  /** Ends the input and takes what the filters still hold. */
  void finish() throws IOException {
    Ffmpeg.check(av_buffersrc_add_frame_flags(source, null, 0), "Ending the filters");
    drain();
  }

  private void drain() throws IOException {
    while (true) {
      int result = av_buffersink_get_frame(sinkFilter, received);
      if (result == AVERROR_EAGAIN() || result == AVERROR_EOF()) {
        return;
      }
      Ffmpeg.check(result, "Filtering");
      float[][] channels = new float[received.ch_layout().nb_channels()][received.nb_samples()];
      for (int channel = 0; channel < channels.length; channel++) {
        try (FloatPointer plane = new FloatPointer(received.extended_data(channel))) {
          plane.get(channels[channel]);
        }
      }
      av_frame_unref(received);
      sink.accept(channels);
    }
  }

  /** A figure that a filter offers, NaN when it has none yet. */
  double figure(String filterName, String option) {
    AVFilterContext filter = avfilter_graph_get_filter(graph, filterName);
    double[] value = {Double.NaN};
    int result = av_opt_get_double(filter.priv(), new BytePointer(option), 0, value);
    return result < 0 ? Double.NaN : value[0];
  }

  @Override
  public void close() {
    avfilter_graph_free(graph);
    av_frame_free(received);
  }
}
