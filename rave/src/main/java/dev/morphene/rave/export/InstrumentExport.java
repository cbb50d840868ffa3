package dev.morphene.rave.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TorchArchiveWriter;
import dev.morphene.rave.model.Form;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveArchitecture;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * What was exported.
 *
 * @param latentSize dimensions that {@code encode} gives and {@code decode} takes
 * @param encodeDelaySamples added by a streaming {@code encode}; 0 offline
 * @param decodeDelaySamples added by a streaming {@code decode}; 0 offline
 */
public record InstrumentExport(int latentSize, int encodeDelaySamples, int decodeDelaySamples) {
  /** Name of the metadata inside the file, read by {@code torch.jit.load(_extra_files=…)}. */
  public static final String METADATA = "morphene.json";

  /**
   * Writes a model as {@code NAME.ts} for nn~. The file is deterministic: the same model gives the
   * same bytes, and the same sound gives the same latents.
   *
   * @param streaming caches between calls, for real time; otherwise each call is a whole signal
   * @param fidelity share of latent variance to keep, 0.1 to 0.999
   * @throws JobFailure BAD_INPUT for a fidelity out of range, STORAGE when the file cannot be
   *     written
   */
  public static InstrumentExport write(
      Path file, ModelWeights weights, boolean streaming, double fidelity) {
    RaveConfig config = weights.config();
    int latentSize =
        LatentSize.forFidelity(weights.tensor(ModelWeights.FIDELITY).floats(), fidelity);
    RaveArchitecture architecture = RaveArchitecture.of(config);
    InstrumentExport export =
        new InstrumentExport(
            latentSize,
            streaming ? architecture.encoderDelaySamples() : 0,
            streaming ? architecture.decoderDelaySamples() : 0);
    ScriptModule module =
        InstrumentModule.of(weights, streaming ? Form.STREAMING : Form.OFFLINE, latentSize);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream out = Channels.newOutputStream(channel);
      TorchArchiveWriter.write(
          out,
          module,
          TorchArchiveWriter.DEFAULT_VERSION,
          Map.of(METADATA, export.metadata(config, streaming, fidelity)));
      channel.force(true);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "Cannot write " + file + ": " + e.getMessage() + "; free space or mend the folder.",
          e);
    }
    return export;
  }

  private byte[] metadata(RaveConfig config, boolean streaming, double fidelity) {
    ObjectNode node = ProcessJson.mapper().createObjectNode();
    node.put("streaming", streaming);
    node.put("fidelity", fidelity);
    node.put("latentSize", latentSize);
    node.put("encodeDelaySamples", encodeDelaySamples);
    node.put("decodeDelaySamples", decodeDelaySamples);
    node.putPOJO("config", config);
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
