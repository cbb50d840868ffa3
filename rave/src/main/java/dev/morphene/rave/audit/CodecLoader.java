package dev.morphene.rave.audit;

import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.model.CheckpointCodec;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Path;

/** Makes a codec of a checkpoint. */
interface CodecLoader {
  /** Work to be done with a codec, which is gone afterwards. */
  @FunctionalInterface
  interface Use<T> {
    T with(LatentCodec codec) throws Exception;
  }

  /**
   * @param averaged with the moving average of the weights
   * @param threads of libtorch
   */
  <T> T use(Path checkpoint, boolean averaged, int threads, Use<T> use) throws Exception;

  /** Codecs computed by libtorch on the CPU. */
  static CodecLoader libtorch() {
    return new CodecLoader() {
      @Override
      public <T> T use(Path checkpoint, boolean averaged, int threads, Use<T> use)
          throws Exception {
        TrainedModel model = TrainedModel.read(checkpoint, averaged);
        ModelWeights weights = ModelWeights.of(model.config(), model.weights());
        try (TorchRuntime runtime = TorchRuntime.open("cpu", threads);
            CheckpointCodec codec = new CheckpointCodec(runtime, weights)) {
          return use.with(codec);
        }
      }
    };
  }
}
