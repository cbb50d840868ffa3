package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One stage of a discrete latent: its codes' vectors and the moving averages they follow (van den
 * Oord et al., arXiv 1711.00937, appendix A).
 *
 * <p>All tensors are buffers: {@code inited} (1), 0 until the first batch; {@code cluster_size}
 * (codes), how often each code is used in a batch; {@code embed} (codes, latents), the vectors;
 * {@code embed_avg} (codes, latents), the sum of a code's frames in a batch.
 *
 * @param stage number of the stage, from 0
 */
record Codebook(int stage) {
  private static final int INITIAL_ITERATIONS = 50;
  private static final double DECAY = 0.99;

  /** Of the Laplace smoothing of counts. */
  private static final String EPSILON = "1e-5";

  /**
   * A code used less often in a batch, on average, is dead. A batch with few frames for the number
   * of codes uses none so often: then half of a fair share counts.
   */
  private static final double DEAD_BELOW = 2;

  private String key(String tensor) {
    return "encoder.rvq.layers." + stage + "._codebook." + tensor;
  }

  /** Shapes by official key, all FLOAT32. */
  Map<String, long[]> shapes(int codes, int latents) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(key("inited"), new long[] {1});
    shapes.put(key("cluster_size"), new long[] {codes});
    shapes.put(key("embed"), new long[] {codes, latents});
    shapes.put(key("embed_avg"), new long[] {codes, latents});
    return shapes;
  }

  boolean learned(ModelWeights weights) {
    return weights.tensor(key("inited")).floats()[0] != 0;
  }

  /** Rows are frames (frames, latents), codes integers (frames). */
  ScriptModule module(ModelWeights weights, Form form) {
    ScriptModule.Builder builder = ScriptModule.builder(LayerPrinter.PACKAGE + "Codebook");
    buffer(builder, weights, "inited");
    if (form == Form.TRAINING) {
      buffer(builder, weights, "cluster_size");
    }
    buffer(builder, weights, "embed");
    builder.methods(
        """
        def nearest(self, rows: Tensor, centres: Tensor) -> Tensor:
          lengths = torch.sum(torch.mul(centres, centres), [1])
          return torch.argmin(torch.sub(lengths, torch.matmul(rows, torch.t(centres)), alpha=2), 1)
        def vectors(self, codes: Tensor) -> Tensor:
          return torch.embedding(self.embed, codes)
        def encode(self, rows: Tensor, found: List[Tensor]) -> Tensor:
          codes = self.nearest(rows, self.embed)
          found.append(codes)
          return torch.sub(rows, self.vectors(codes))
        def commit(self, rows: Tensor, distances: List[Tensor]) -> Tensor:
          left = torch.sub(rows, self.vectors(self.nearest(torch.detach(rows), self.embed)))
          distances.append(torch.mean(torch.mul(left, left)))
          return left
        """);
    if (form == Form.TRAINING) {
      buffer(builder, weights, "embed_avg");
      builder.methods(LEARNING);
    }
    return builder.build();
  }

  private void buffer(ScriptModule.Builder builder, ModelWeights weights, String name) {
    builder.buffer(name, weights.tensor(key(name)));
  }

  /**
   * A new code starts with its fair share of a batch, twice what keeps it alive: it has some 70
   * steps to find its frames. Its sum is set with it, else the next average would bring the old
   * vector back.
   */
  private static final String LEARNING =
      """
      def initialise(self, rows: Tensor) -> Tensor:
        if not bool(self.inited):
          centres = self.drawn(rows)
          for i in range(ITERATIONS):
            counts, sums = self.gathered(rows, self.nearest(rows, centres))
            means = torch.div(sums, torch.unsqueeze(torch.clamp_min(counts, 1.), 1))
            centres = torch.where(torch.unsqueeze(torch.gt(counts, 0.), 1), means, centres)
          counts, sums = self.gathered(rows, self.nearest(rows, centres))
          torch.copy_(self.embed, centres)
          torch.copy_(self.cluster_size, counts)
          torch.copy_(self.embed_avg, torch.mul(centres, torch.unsqueeze(counts, 1)))
          torch.fill_(self.inited, 1.)
        return torch.sub(rows, self.vectors(self.nearest(rows, self.embed)))
      def learn(self, rows: Tensor) -> Tensor:
        codes = self.nearest(rows, self.embed)
        left = torch.sub(rows, self.vectors(codes))
        counts, sums = self.gathered(rows, codes)
        self.follow(self.cluster_size, counts)
        self.follow(self.embed_avg, sums)
        total = torch.sum(self.cluster_size)
        spread = torch.add(total, EPSILON * torch.size(self.embed, 0))
        smoothed = torch.mul(torch.div(torch.add(self.cluster_size, EPSILON), spread), total)
        torch.copy_(self.embed, torch.div(self.embed_avg, torch.unsqueeze(smoothed, 1)))
        self.revive(rows)
        return left
      def follow(self, average: Tensor, value: Tensor) -> NoneType:
        torch.copy_(average, torch.add(torch.mul(average, DECAY), torch.mul(value, 1. - DECAY)))
        return None
      def revive(self, rows: Tensor) -> NoneType:
        share = min(2. * DEAD_BELOW, float(torch.size(rows, 0)) / float(torch.size(self.embed, 0)))
        dead = torch.lt(self.cluster_size, share / 2.)
        fresh = self.drawn(rows)
        torch.copy_(self.cluster_size, torch.masked_fill(self.cluster_size, dead, share))
        dead = torch.unsqueeze(dead, 1)
        torch.copy_(self.embed, torch.where(dead, fresh, self.embed))
        torch.copy_(self.embed_avg, torch.where(dead, torch.mul(fresh, share), self.embed_avg))
        return None
      def drawn(self, rows: Tensor) -> Tensor:
        there = torch.size(rows, 0)
        wanted = torch.size(self.embed, 0)
        if there < wanted:
          return torch.index_select(rows, 0, torch.randint(there, [wanted], dtype=4, device=rows.device))
        order = torch.randperm(there, dtype=4, device=rows.device)
        return torch.index_select(rows, 0, torch.slice(order, 0, 0, wanted, 1))
      def gathered(self, rows: Tensor, codes: Tensor) -> Tuple[Tensor, Tensor]:
        members = torch.to(torch.one_hot(codes, torch.size(self.embed, 0)), rows.dtype)
        return (torch.sum(members, [0]), torch.matmul(torch.t(members), rows))
      """
          .replace("ITERATIONS", Integer.toString(INITIAL_ITERATIONS))
          .replace("DEAD_BELOW", Double.toString(DEAD_BELOW))
          .replace("DECAY", Double.toString(DECAY))
          .replace("EPSILON", EPSILON);
}
