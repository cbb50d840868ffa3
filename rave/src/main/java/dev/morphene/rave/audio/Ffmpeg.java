package dev.morphene.rave.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every use of FFmpeg shares: where its messages go and what its error numbers say. */
final class Ffmpeg {
  private static final Logger LOGGER = LoggerFactory.getLogger(Ffmpeg.class);
  // Held for good: native code calls it for as long as the process lives.
  private static final LogCallback LOG = new DebugLog();

  static {
    av_log_set_level(AV_LOG_WARNING);
    setLogCallback(LOG);
  }

  private Ffmpeg() {}

  /** Sends FFmpeg's messages to the debug log instead of the terminal; cheap when called again. */
  static void quiet() {
    // Class initialization has done it.
  }

  /** FFmpeg's words for one of its error numbers. */
  static String reason(int error) {
    byte[] text = new byte[256];
    av_strerror(error, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  /** Our own use of FFmpeg failed, not an input file. */
  static int check(int result, String what) {
    if (result < 0) {
      throw new IllegalStateException(what + " failed: " + reason(result));
    }
    return result;
  }

  private static final class DebugLog extends LogCallback {
    @Override
    public void call(int level, BytePointer message) {
      if (level <= AV_LOG_WARNING && LOGGER.isDebugEnabled()) {
        LOGGER.debug("{}", message.getString(StandardCharsets.UTF_8).strip());
      }
    }
  }
}
