package dev.morphene.rave.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TorchArchiveWriter;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** libtorch through the natives of Deep Java Library. */
final class DjlRuntime implements TorchRuntime {
  private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

  private final Engine engine;
  private final PtNDManager manager;
  private final String device;

  private DjlRuntime(Engine engine, PtNDManager manager, String device) {
    this.engine = engine;
    this.manager = manager;
    this.device = device;
  }

  static DjlRuntime open(String device, int threads) {
    if (threads < 1) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "libtorch needs at least 1 thread; got " + threads + ".");
    }
    Matcher cuda = CUDA.matcher(device);
    if (!cuda.matches() && !device.equals("cpu")) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "Unknown device \"" + device + "\"; use cpu or cuda:N.");
    }
    // Neither natives nor telemetry: this process talks to nobody.
    setUnlessGiven("ai.djl.offline", "true");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    try {
      Engine engine = Engine.getEngine("PyTorch");
      JniUtils.setNumThreads(threads);
      Device place = Device.cpu();
      if (cuda.matches()) {
        int index = Integer.parseInt(cuda.group(1));
        if (index >= engine.getGpuCount()) {
          throw new JobFailure(
              FailureClass.BAD_INPUT,
              "There is no device "
                  + device
                  + "; libtorch sees "
                  + engine.getGpuCount()
                  + " CUDA devices here.");
        }
        place = Device.gpu(index);
      }
      return new DjlRuntime(
          engine, (PtNDManager) NDManager.newBaseManager(place, "PyTorch"), device);
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new JobFailure(
          FailureClass.CRASH,
          "libtorch does not start: "
              + TorchErrors.firstLine(e)
              + "; check the native libraries on the class path or PYTORCH_LIBRARY_PATH.",
          e);
    }
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public TorchModule load(Path archive, boolean trainable) {
    try (InputStream in = Files.newInputStream(archive)) {
      return load(in, archive.toString(), trainable);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE, "Cannot read " + archive + "; check that it is there.", e);
    }
  }

  @Override
  public TorchModule load(byte[] archive, boolean trainable) {
    try {
      return load(new ByteArrayInputStream(archive), "the archive in memory", trainable);
    } catch (IOException e) {
      throw new JobFailure(FailureClass.UNREADABLE, "Cannot read an archive in memory.", e);
    }
  }

  @Override
  public TorchModule load(ScriptModule module, boolean trainable) {
    return load(TorchArchiveWriter.toBytes(module.withTensorAccess()), trainable);
  }

  private TorchModule load(InputStream in, String source, boolean trainable) throws IOException {
    PtNDManager own = (PtNDManager) manager.newSubManager();
    try {
      // Tensors in attributes move to the device only when the file is mapped there.
      PtSymbolBlock block = JniUtils.loadModule(own, in, true, false);
      return new DjlModule(own, block, trainable);
    } catch (EngineException e) {
      own.close();
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "libtorch " + version() + " cannot load " + source + ": " + TorchErrors.firstLine(e),
          e);
    }
  }

  @Override
  public void seed(long seed) {
    JniUtils.setSeed(seed);
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public String version() {
    return engine.getVersion();
  }

  @Override
  public void close() {
    manager.close();
  }
}
