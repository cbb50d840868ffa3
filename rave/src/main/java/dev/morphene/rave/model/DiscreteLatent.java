package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Residual vector quantisation (SoundStream, Zeghidour et al., arXiv 2107.03312): every stage
 * replaces what the stages before it left by the nearest of its codes.
 *
 * <p>The encoder has two methods more than others: {@code codes(raw) -> Tensor} (batch, stages,
 * frames), integers, and {@code from_codes(codes) -> Tensor} (batch, latents, frames). Its latent
 * is the sum of the codes' vectors; gradients pass straight through to the encoder. The regulariser
 * is the commitment: the mean over stages of the mean squared distance to the code.
 *
 * <p>While {@code enabled} is 0 latents pass as they are: before the first step, and in checkpoints
 * of trainers that never switch the quantiser on.
 */
final class DiscreteLatent {
  static final String ENABLED = "encoder.enabled";

  private static final String METHODS =
      """
      def mean(self, raw: Tensor) -> Tensor:
        return self.sample(raw)[0]
      def deviation(self, raw: Tensor) -> Tensor:
        return torch.zeros_like(raw)
      def sample(self, raw: Tensor) -> Tuple[Tensor, Tensor]:
        if not bool(self.enabled):
          return (raw, torch.zeros([], dtype=6, device=raw.device))
        left, commitment = self.rvq.layers.quantise(self.rows(raw))
        left = torch.reshape(torch.detach(left), [torch.size(raw, 0), -1, torch.size(raw, 1)])
        return (torch.sub(raw, torch.transpose(left, 1, 2)), commitment)
      def codes(self, raw: Tensor) -> Tensor:
        stages = torch.stack(self.rvq.layers.codes(self.rows(raw)))
        stages = torch.reshape(stages, [torch.size(stages, 0), torch.size(raw, 0), -1])
        return torch.contiguous(torch.transpose(stages, 0, 1))
      def from_codes(self, codes: Tensor) -> Tensor:
        return torch.contiguous(torch.transpose(self.rvq.layers.vectors(codes), 1, 2))
      def rows(self, raw: Tensor) -> Tensor:
        return torch.reshape(torch.transpose(raw, 1, 2), [-1, torch.size(raw, 1)])
      """;

  private static final String LEARNING =
      """
      def prepare(self, raw: Tensor) -> NoneType:
        if not bool(self.enabled) and bool(torch.all(torch.isfinite(raw))):
          self.rvq.layers.initialise(self.rows(raw))
          torch.fill_(self.enabled, 1)
        return None
      def learn(self, raw: Tensor) -> NoneType:
        self.rvq.layers.learn(self.rows(raw))
        return None
      """;

  private DiscreteLatent() {}

  /** Shapes of the codebooks' tensors by official key, all FLOAT32. */
  static Map<String, long[]> codebookShapes(RaveConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    codebooks(config)
        .forEach(book -> shapes.putAll(book.shapes(config.latent().codes(), config.latentSize())));
    return shapes;
  }

  /** Whether the codebooks have learned and the quantiser is switched on. */
  static boolean quantizes(ModelWeights weights) {
    return weights.tensor(ENABLED).longs()[0] != 0
        && codebooks(weights.config()).stream().allMatch(book -> book.learned(weights));
  }

  private static List<Codebook> codebooks(RaveConfig config) {
    return IntStream.range(0, config.latent().quantizers()).mapToObj(Codebook::new).toList();
  }

  static void addTo(ScriptModule.Builder encoder, ModelWeights weights, Form form) {
    encoder
        .buffer("enabled", weights.tensor(ENABLED))
        .child("rvq", quantizer(codebooks(weights.config()), weights, form))
        .methods(METHODS);
    if (form == Form.TRAINING) {
      encoder.methods(LEARNING);
    }
  }

  private static ScriptModule quantizer(List<Codebook> books, ModelWeights weights, Form form) {
    ScriptModule.Builder layers = ScriptModule.builder(LayerPrinter.PACKAGE + "QuantizerStages");
    for (Codebook book : books) {
      layers.child(
          Integer.toString(book.stage()),
          ScriptModule.builder(LayerPrinter.PACKAGE + "QuantizerStage")
              .child("_codebook", book.module(weights, form))
              .build());
    }
    layers
        .methods(
            "def codes(self, rows: Tensor) -> List[Tensor]:\n"
                + "  found = annotate(List[Tensor], [])\n"
                + "  left = rows\n"
                + each(books, "left = BOOK.encode(left, found)")
                + "  return found\n")
        .methods(
            "def vectors(self, codes: Tensor) -> Tensor:\n"
                + "  parts = annotate(List[Tensor], [])\n"
                + each(books, "parts.append(BOOK.vectors(torch.select(codes, 1, STAGE)))")
                + "  return torch.sum(torch.stack(parts), [0])\n")
        .methods(
            "def quantise(self, rows: Tensor) -> Tuple[Tensor, Tensor]:\n"
                + "  distances = annotate(List[Tensor], [])\n"
                + "  left = rows\n"
                + each(books, "left = BOOK.commit(left, distances)")
                + "  return (left, torch.mean(torch.stack(distances)))\n");
    if (form == Form.TRAINING) {
      layers.methods(throughAll(books, "initialise")).methods(throughAll(books, "learn"));
    }
    return ScriptModule.builder(LayerPrinter.PACKAGE + "ResidualQuantizer")
        .child("layers", layers.build())
        .build();
  }

  private static String throughAll(List<Codebook> books, String method) {
    return "def "
        + method
        + "(self, rows: Tensor) -> NoneType:\n  left = rows\n"
        + each(books, "left = BOOK." + method + "(left)")
        + "  return None\n";
  }

  /** One line for every stage: a list cannot hold modules. */
  private static String each(List<Codebook> books, String line) {
    StringBuilder text = new StringBuilder();
    for (Codebook book : books) {
      String stage = Integer.toString(book.stage());
      String module = "getattr(self, \"" + stage + "\")._codebook";
      text.append("  ").append(line.replace("BOOK", module).replace("STAGE", stage)).append('\n');
    }
    return text.toString();
  }
}
