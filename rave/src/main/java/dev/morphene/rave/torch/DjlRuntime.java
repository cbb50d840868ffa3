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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
      DjlRuntime runtime =
          new DjlRuntime(engine, (PtNDManager) NDManager.newBaseManager(place, "PyTorch"), device);
      if (!place.isGpu()) {
        OneDnn.ensureRight(runtime);
      }
      return runtime;
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
    if (!Files.isReadable(archive)) {
      throw new JobFailure(
          FailureClass.UNREADABLE, "Cannot read " + archive + "; check that it is there.");
    }
    return load(
        archive.toString(),
        trainable,
        // Tensors in attributes move to the device only when the file is mapped there.
        own -> JniUtils.loadModule(own, archive, true, new String[0], new String[0], trainable));
  }

  @Override
  public TorchModule load(byte[] archive, boolean trainable) {
    return load(
        "the archive in memory",
        trainable,
        own -> JniUtils.loadModule(own, new ByteArrayInputStream(archive), true, false));
  }

  /** Through a file: a model with its optimiser is too large to hold several times in memory. */
  @Override
  public TorchModule load(ScriptModule module, boolean trainable) {
    try {
      Path file = Files.createTempFile("module-", ".pt");
      try {
        TorchArchiveWriter.write(
            file, module.withTensorAccess(), TorchArchiveWriter.DEFAULT_VERSION, Map.of());
        return load(file, trainable);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "Cannot use the folder for temporary files: " + e.getMessage() + "; free space there.",
          e);
    }
  }

  private interface Loading {
    PtSymbolBlock into(PtNDManager own) throws IOException;
  }

  private TorchModule load(String source, boolean trainable, Loading loading) {
    PtNDManager own = (PtNDManager) manager.newSubManager();
    try {
      DjlModule module = new DjlModule(own, loading.into(own), trainable);
      // The engine's loader leaves every module in evaluation.
      module.setTraining(trainable);
      return module;
    } catch (EngineException | IOException e) {
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
