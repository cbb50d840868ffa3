package dev.morphene.rave.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TorchArchiveWriter;
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
 * @param encodeDelaySamples added by a streaming {@code encode}, at the host's rate; 0 offline
 * @param decodeDelaySamples added by a streaming {@code decode}; 0 offline
 */
public record InstrumentExport(int latentSize, int encodeDelaySamples, int decodeDelaySamples) {
  /** Name of the metadata inside the file, read by {@code torch.jit.load(_extra_files=…)}. */
  public static final String METADATA = "morphene.json";

  /**
   * Writes a model as {@code NAME.ts} for nn~. The file is deterministic: the same model gives the
   * same bytes, and the same sound gives the same latents.
   *
   * @throws JobFailure BAD_INPUT for an option that does not fit the model, STORAGE when the file
   *     cannot be written
   */
  public static InstrumentExport write(Path file, ModelWeights weights, InstrumentOptions options) {
    RaveConfig config = weights.config();
    int factor = options.rateFactor(config);
    LatentMapping latents = LatentMapping.of(weights, options.fidelity());
    RaveArchitecture architecture = RaveArchitecture.of(config);
    int converter = RateConverter.delaySamples(factor);
    InstrumentExport export =
        options.streaming()
            ? new InstrumentExport(
                latents.size(),
                architecture.encoderDelaySamples() * factor + converter,
                architecture.decoderDelaySamples() * factor + converter)
            : new InstrumentExport(latents.size(), 0, 0);
    ScriptModule module = InstrumentModule.of(weights, latents, options);
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
          Map.of(METADATA, export.metadata(config, options)));
      channel.force(true);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "Cannot write " + file + ": " + e.getMessage() + "; free space or mend the folder.",
          e);
    }
    return export;
  }

  private byte[] metadata(RaveConfig config, InstrumentOptions options) {
    ObjectNode node = ProcessJson.mapper().createObjectNode();
    node.put("streaming", options.streaming());
    node.put("fidelity", options.fidelity());
    node.put("samplingRateHz", config.samplingRateHz() * options.rateFactor(config));
    node.put("channels", options.outputChannels(config));
    node.put("latentSize", latentSize);
    node.put("encodeDelaySamples", encodeDelaySamples);
    node.put("decodeDelaySamples", decodeDelaySamples);
    node.set("config", ProcessJson.mapper().valueToTree(config));
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
