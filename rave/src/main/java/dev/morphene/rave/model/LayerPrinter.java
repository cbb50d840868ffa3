package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Activation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.Stack;
import dev.morphene.rave.model.Layer.TransposedConvolution;

/** Prints layers as TorchScript modules whose tensors have the official names. */
final class LayerPrinter {
  static final String PACKAGE = "__torch__.morphene.rave.";

  private final Form form;
  private final ModelWeights weights;

  LayerPrinter(Form form, ModelWeights weights) {
    this.form = form;
    this.weights = weights;
  }

  /**
   * Layers one after another under their indices.
   *
   * @param className without package; one per stack
   * @param key of the stack in the state dict
   */
  ScriptModule stack(Stack stack, String className, String key) {
    ScriptModule.Builder builder = ScriptModule.builder(PACKAGE + className);
    StringBuilder forward = new StringBuilder("def forward(self, x: Tensor) -> Tensor:\n");
    for (int i = 0; i < stack.layers().size(); i++) {
      Layer layer = stack.layers().get(i);
      if (layer instanceof Activation) {
        forward.append("  x = torch.leaky_relu(x, 0.2)\n");
      } else {
        builder.child(Integer.toString(i), layer(layer, key + "." + i));
        forward.append("  x = getattr(self, \"%d\").forward(x)%n".formatted(i));
      }
    }
    return builder.methods(forward.append("  return x\n").toString()).build();
  }

  private ScriptModule layer(Layer layer, String key) {
    if (layer instanceof Convolution convolution) {
      return convolution(convolution, key);
    }
    if (layer instanceof TransposedConvolution transposed) {
      return transposed(transposed, key);
    }
    if (layer instanceof Residual residual) {
      return residual(residual, key);
    }
    throw new IllegalArgumentException("There is no module for " + layer + ".");
  }

  ScriptModule convolution(Convolution layer, String key) {
    int past = form == Form.STREAMING ? layer.left() + layer.right() : 0;
    ScriptModule.Builder builder =
        ScriptModule.builder(
            PACKAGE
                + "Convolution_%d_%d_%d_%d%s"
                    .formatted(
                        layer.stride(),
                        layer.dilation(),
                        layer.left(),
                        layer.right(),
                        layer.normalised() ? "" : "_plain"));
    String weight = weight(builder, key, layer.normalised());
    if (past > 0) {
      builder.buffer("cache", cache(layer.inChannels(), past));
    }
    boolean even = layer.left() == layer.right();
    String padding = form != Form.STREAMING && even ? "[%d]".formatted(layer.left()) : "[0]";
    String pad =
        form == Form.STREAMING || even
            ? ""
            : "  x = torch.constant_pad_nd(x, [%d, %d], 0.)%n"
                .formatted(layer.left(), layer.right());
    return builder
        .methods(
            "def forward(self, x: Tensor) -> Tensor:\n"
                + pad
                + (past > 0 ? joinPast("cache", past) : "")
                + "  return torch.conv1d(x, %s, None, [%d], %s, [%d], 1)%n"
                    .formatted(weight, layer.stride(), padding, layer.dilation()))
        .build();
  }

  private ScriptModule transposed(TransposedConvolution layer, String key) {
    int ratio = layer.ratio();
    ScriptModule.Builder builder = ScriptModule.builder(PACKAGE + "TransposedConvolution_" + ratio);
    String weight = weight(builder, key, true);
    if (form != Form.STREAMING) {
      return builder
          .methods(
              """
              def forward(self, x: Tensor) -> Tensor:
                return torch.conv_transpose1d(x, %s, None, [%d], [%d], [0], 1, [1])
              """
                  .formatted(weight, ratio, ratio / 2))
          .build();
    }
    return builder
        .buffer("cache", cache(layer.outChannels(), ratio))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              full = torch.conv_transpose1d(x, %1$s, None, [%2$d], [0], [0], 1, [1])
              tail = torch.slice(self.cache, 0, 0, torch.size(x, 0))
              length = torch.mul(torch.size(x, 2), %2$d)
              head = torch.add(torch.slice(full, 2, 0, %2$d), tail)
              y = torch.cat([head, torch.slice(full, 2, %2$d, length)], 2)
              torch.copy_(tail, torch.slice(full, 2, length))
              return y
            """
                .formatted(weight, ratio))
        .build();
  }

  private ScriptModule residual(Residual layer, String key) {
    String suffix = layer.kernel() + "_" + layer.dilation();
    String net = key + ".aligned.branches.0.net";
    ScriptModule branch =
        ScriptModule.builder(PACKAGE + "ResidualNet_" + suffix)
            .child("1", convolution(layer.inner(), net + ".1"))
            .child("3", convolution(layer.outer(), net + ".3"))
            .methods(
                """
                def forward(self, x: Tensor) -> Tensor:
                  x = getattr(self, "1").forward(torch.leaky_relu(x, 0.2))
                  return getattr(self, "3").forward(torch.leaky_relu(x, 0.2))
                """)
            .build();
    ScriptModule branches =
        ScriptModule.builder(PACKAGE + "ResidualBranches_" + suffix)
            .child(
                "0",
                ScriptModule.builder(PACKAGE + "ResidualBranch_" + suffix)
                    .child("net", branch)
                    .build())
            .build();
    int delay = form == Form.STREAMING ? layer.inputDelay() : 0;
    ScriptModule.Builder aligned =
        ScriptModule.builder(PACKAGE + "ResidualAligned_" + suffix).child("branches", branches);
    if (delay > 0) {
      aligned.buffer("cache", cache(layer.channels(), delay));
    }
    aligned.methods(
        "def forward(self, x: Tensor) -> Tensor:\n"
            + "  y = getattr(self.branches, \"0\").net.forward(x)\n"
            + (delay > 0 ? delayed("cache") : "")
            + "  return torch.add(x, y)\n");
    return ScriptModule.builder(PACKAGE + "Residual_" + suffix)
        .child("aligned", aligned.build())
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return self.aligned.forward(x)
            """)
        .build();
  }

  /** A module that gives its input late by some samples, at least 1. */
  static ScriptModule delay(int channels, int samples) {
    return ScriptModule.builder(PACKAGE + "Delay")
        .buffer("cache", cache(channels, samples))
        .methods("def forward(self, x: Tensor) -> Tensor:\n" + delayed("cache") + "  return x\n")
        .build();
  }

  static TensorData cache(int channels, int samples) {
    return TensorData.zeros(Form.MAXIMUM_STREAMS, channels, samples);
  }

  /** Lines that put the kept samples before x and keep its last ones. */
  static String joinPast(String cache, int samples) {
    return """
      past = torch.slice(self.%1$s, 0, 0, torch.size(x, 0))
      x = torch.cat([past, x], 2)
      torch.copy_(past, torch.slice(x, 2, torch.sub(torch.size(x, 2), %2$d)))
    """
        .formatted(cache, samples)
        .replaceAll("(?m)^ +", "  ");
  }

  private static String delayed(String cache) {
    return """
      past = torch.slice(self.%1$s, 0, 0, torch.size(x, 0))
      length = torch.size(x, 2)
      joined = torch.cat([past, x], 2)
      x = torch.slice(joined, 2, 0, length)
      torch.copy_(past, torch.slice(joined, 2, length))
    """
        .formatted(cache)
        .replaceAll("(?m)^ +", "  ");
  }

  /** Adds a layer's weight and gives the expression for it. */
  private String weight(ScriptModule.Builder builder, String key, boolean normalised) {
    if (form == Form.TRAINING) {
      if (!normalised) {
        builder.parameter("weight", weights.tensor(key + ".weight"));
        return "self.weight";
      }
      builder.parameter("weight_g", weights.tensor(key + ".weight_g"));
      builder.parameter("weight_v", weights.tensor(key + ".weight_v"));
      return "torch._weight_norm(self.weight_v, self.weight_g, 0)";
    }
    // A buffer: a host that forgets to turn gradients off would otherwise record for ever.
    builder.buffer("weight", normalised ? weights.folded(key) : weights.tensor(key + ".weight"));
    return "self.weight";
  }
}
