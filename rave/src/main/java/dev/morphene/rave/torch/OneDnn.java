package dev.morphene.rave.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library that computes libtorch's convolutions on processors, and a test of it. Where a
 * virtual processor does not tell the sizes of its caches (seen: AMD family 26), its versions 3.5
 * and 3.7 lose a part of weights whose channels do not fill their last block, without an error
 * (https://github.com/uxlfoundation/oneDNN/issues/5313 has the same elsewhere). libtorch then
 * computes convolutions by itself: slower, and right.
 */
final class OneDnn {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
  private static final String LIBRARY = "libtorch_cpu.so";
  private static final String ONE_DNN = "_ZN2at7Context20setUserEnabledMkldnnEb";
  private static final String NNPACK = "_ZN2at7Context20setUserEnabledNNPACKEb";

  /** Channels whose last block of 4, 8 or 16 is not full, and some whose is. */
  private static final long[] CHANNELS = {4, 6, 12, 16, 20, 24, 28, 40, 56, 88};

  /** Sums of ones are whole numbers, which float32 has exactly: any difference is a fault. */
  private static final String PROBE =
      """
      def faults(self, channels: int) -> int:
        signal = torch.ones([1, channels, 512])
        same = torch.conv1d(signal, torch.ones([24, channels, 3]), None, [1], [1], [1], 1)
        inner = torch.slice(same, 2, 1, 511, 1)
        up = torch.conv_transpose1d(signal, torch.ones([channels, 24, 4]), None, [2], [1], [0], 1, [1])
        between = torch.slice(up, 2, 1, 1023, 1)
        return int(torch.sum(torch.ne(inner, 3. * channels))) + int(torch.sum(torch.ne(between, 2. * channels)))
      """;

  /** Found once, since it is set around every step; libtorch stays for as long as the process. */
  private static NativeLibrary library;

  private static boolean tested;
  private static boolean avoided;

  private OneDnn() {}

  /**
   * Tests it once for each process, and switches it off where it is wrong.
   *
   * @throws JobFailure CRASH when convolutions are wrong without it too, or it cannot be switched
   *     off
   */
  static synchronized void ensureRight(TorchRuntime runtime) {
    if (tested) {
      return;
    }
    if (!isRight(runtime)) {
      avoid(runtime);
      if (!isRight(runtime)) {
        throw new JobFailure(
            FailureClass.CRASH,
            "libtorch "
                + runtime.version()
                + " computes convolutions wrongly on this machine; run the job on another one.");
      }
      LOG.warn(
          "libtorch's oneDNN computes convolutions wrongly on this processor; it is switched off,"
              + " and convolutions are right but slower.");
    }
    tested = true;
  }

  static boolean isRight(TorchRuntime runtime) {
    ScriptModule probe =
        ScriptModule.builder("__torch__.morphene.ConvolutionProbe").methods(PROBE).build();
    try (TorchModule module = runtime.load(probe, false)) {
      for (long channels : CHANNELS) {
        if (module.run("faults", false, ScriptValue.of(channels)).asLong() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether libtorch goes without it. */
  static synchronized boolean isAvoided() {
    return avoided;
  }

  /** Goes without it, and without the next in line, which does not start on such processors. */
  static synchronized void avoid(TorchRuntime runtime) {
    set(runtime, ONE_DNN, false);
    set(runtime, NNPACK, false);
    avoided = true;
  }

  /** Goes with it again from here on. */
  static synchronized void trust(TorchRuntime runtime) {
    set(runtime, ONE_DNN, true);
    avoided = false;
  }

  /** Does {@code work} with it, although it is avoided. */
  static <T> T using(TorchRuntime runtime, Supplier<T> work) {
    set(runtime, ONE_DNN, true);
    try {
      return work.get();
    } finally {
      set(runtime, ONE_DNN, false);
    }
  }

  /**
   * Calls what {@code torch.backends.mkldnn.enabled} and the like set; TorchScript and DJL have no
   * word for them.
   */
  private static synchronized void set(TorchRuntime runtime, String setter, boolean enabled) {
    try {
      if (library == null) {
        library = NativeLibrary.getInstance(loadedLibrary().toString());
      }
      Pointer context = library.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
      // A C++ bool is a byte of 0 or 1; a Java boolean would come as an int of 0 or -1.
      Object[] arguments = {context, (byte) (enabled ? 1 : 0)};
      library.getFunction(setter).invokeVoid(arguments);
    } catch (UnsatisfiedLinkError | IOException missing) {
      throw new JobFailure(
          FailureClass.CRASH,
          "libtorch "
              + runtime.version()
              + " computes convolutions wrongly on this processor, and oneDNN cannot be switched"
              + " off; set ONEDNN_MAX_CPU_ISA=SSE41, or run the job on another machine.",
          missing);
    }
  }

  /** The file that this process has loaded, wherever the natives were unpacked. */
  private static Path loadedLibrary() throws IOException {
    try (Stream<String> lines = Files.lines(MAPPED_FILES)) {
      return lines
          .filter(line -> line.endsWith("/" + LIBRARY))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst()
          .orElseThrow(() -> new IOException(LIBRARY + " is not loaded"));
    }
  }
}
