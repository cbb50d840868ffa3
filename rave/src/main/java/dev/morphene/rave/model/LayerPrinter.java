package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Activation;
import dev.morphene.rave.model.Layer.AdaptiveNormalisation;
import dev.morphene.rave.model.Layer.BatchNormalisation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.ResidualStack;
import dev.morphene.rave.model.Layer.Snake;
import dev.morphene.rave.model.Layer.Stack;
import dev.morphene.rave.model.Layer.TransposedConvolution;
import dev.morphene.rave.model.Layer.Upsampling;
import dev.morphene.rave.model.Layer.Window;
import dev.morphene.rave.process.Precision;
import java.util.List;

/** Prints layers as TorchScript modules whose tensors have the official names. */
final class LayerPrinter {
  static final String PACKAGE = "__torch__.morphene.rave.";

  /** Numbers of scalar types, as TorchScript has them. */
  private static final int FLOAT32 = 6;

  private static final int BFLOAT16 = 15;

  private final Form form;
  private final ModelWeights weights;
  private final Precision precision;

  /**
   * @param precision of convolutions in the training form, while it trains
   */
  LayerPrinter(Form form, ModelWeights weights, Precision precision) {
    this.form = form;
    this.weights = weights;
    this.precision = precision;
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

  /** One layer under its key; leaky ReLU is no module. */
  ScriptModule layer(Layer layer, String key) {
    if (layer instanceof Convolution convolution) {
      return convolution(convolution, key);
    }
    if (layer instanceof TransposedConvolution transposed) {
      return transposed(transposed, key);
    }
    if (layer instanceof Residual residual) {
      return residual(residual, key);
    }
    if (layer instanceof ResidualStack stack) {
      return residualStack(stack, key);
    }
    if (layer instanceof Upsampling upsampling) {
      return upsampling(upsampling, key);
    }
    if (layer instanceof Snake) {
      return snake(key);
    }
    if (layer instanceof BatchNormalisation) {
      return form == Form.TRAINING ? batchNormalisation(key) : fixedNormalisation(key);
    }
    if (layer instanceof AdaptiveNormalisation adaptive) {
      return adaptiveNormalisation(adaptive, key);
    }
    throw new IllegalArgumentException("There is no module for " + layer + ".");
  }

  private static String signature(Convolution layer) {
    return "%d_%d_%d_%d_%d_%d%s"
        .formatted(
            layer.stride(),
            layer.dilation(),
            layer.groups(),
            layer.window().left(),
            layer.window().right(),
            layer.alignment(),
            layer.normalised() ? "" : "_plain");
  }

  ScriptModule convolution(Convolution layer, String key) {
    ScriptModule.Builder builder =
        ScriptModule.builder(PACKAGE + "Convolution_" + signature(layer));
    String weight = weight(builder, key, layer.normalised());
    Window window = layer.window();
    int alignment = form == Form.STREAMING ? layer.alignment() : 0;
    Window kept = new Window(window.left() + alignment, window.right());
    if (form == Form.STREAMING && kept.total() > 0) {
      builder.buffer("cache", cache(layer.inChannels(), kept.total()));
    }
    String cut =
        alignment > 0
            ? "  x = torch.slice(x, 2, 0, torch.sub(torch.size(x, 2), %d))%n".formatted(alignment)
            : "";
    return builder
        .methods(
            "def forward(self, x: Tensor) -> Tensor:\n"
                + surround(form, kept, "cache")
                + cut
                + convolved(
                    "conv1d",
                    weight,
                    "[%d], %s, [%d], %d"
                        .formatted(
                            layer.stride(),
                            paddingArgument(form, window),
                            layer.dilation(),
                            layer.groups())))
        .build();
  }

  /**
   * Lines that return the convolution of x, without bias. In {@link Precision#BF16} only training
   * steps are: what is measured in between, by {@code eval()}, can be compared.
   */
  private String convolved(String function, String weight, String shape) {
    String plain = "torch.%s(x, %s, None, %s)".formatted(function, weight, shape);
    if (form != Form.TRAINING || precision == Precision.FP32) {
      return "  return " + plain + "\n";
    }
    return """
      if self.training:
        y = torch.to(torch.%1$s(torch.to(x, %2$d), torch.to(%3$s, %2$d), None, %4$s), %5$d)
      else:
        y = %6$s
      return y
    """
        .formatted(function, BFLOAT16, weight, shape, FLOAT32, plain);
  }

  /**
   * Lines that put before and after x what a window needs around it: in streaming the kept past,
   * otherwise zeros, unless the convolution adds them itself.
   */
  static String surround(Form form, Window window, String cache) {
    if (window.total() == 0) {
      return "";
    }
    if (form == Form.STREAMING) {
      return StreamingCache.joinPast(cache, window.total());
    }
    return window.left() == window.right()
        ? ""
        : "  x = torch.constant_pad_nd(x, [%d, %d], 0.)%n".formatted(window.left(), window.right());
  }

  /** What is left for the convolution to add on either side. */
  static String paddingArgument(Form form, Window window) {
    return form != Form.STREAMING && window.left() == window.right()
        ? "[%d]".formatted(window.left())
        : "[0]";
  }

  private ScriptModule transposed(TransposedConvolution layer, String key) {
    int ratio = layer.ratio();
    ScriptModule.Builder builder = ScriptModule.builder(PACKAGE + "TransposedConvolution_" + ratio);
    String weight = weight(builder, key, true);
    if (form != Form.STREAMING) {
      return builder
          .methods(
              "def forward(self, x: Tensor) -> Tensor:\n"
                  + convolved(
                      "conv_transpose1d",
                      weight,
                      "[%d], [%d], [0], 1, [1]".formatted(ratio, ratio / 2)))
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

  private ScriptModule upsampling(Upsampling layer, String key) {
    int ratio = layer.transposed().ratio();
    ScriptModule net =
        ScriptModule.builder(PACKAGE + "UpsamplingNet_" + ratio)
            .child("1", transposed(layer.transposed(), key + ".net.1"))
            .build();
    return ScriptModule.builder(PACKAGE + "Upsampling_" + ratio)
        .child("net", net)
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return getattr(self.net, "1").forward(torch.leaky_relu(x, 0.2))
            """)
        .build();
  }

  private static String signature(Residual layer) {
    return signature(layer.inner()) + "__" + signature(layer.outer());
  }

  private ScriptModule residual(Residual layer, String key) {
    ScriptModule branch =
        ScriptModule.builder(PACKAGE + "ResidualBranch_" + signature(layer))
            .child("net", residualNet(layer, key + ".aligned.branches.0.net"))
            .methods(
                """
                def forward(self, x: Tensor) -> Tensor:
                  return self.net.forward(x)
                """)
            .build();
    return ScriptModule.builder(PACKAGE + "Residual_" + signature(layer))
        .child("aligned", aligned(layer, branch, "Residual"))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return self.aligned.forward(x)
            """)
        .build();
  }

  private ScriptModule residualStack(ResidualStack layer, String key) {
    String units = String.join("___", layer.units().stream().map(LayerPrinter::signature).toList());
    ScriptModule.Builder net = ScriptModule.builder(PACKAGE + "ResidualUnits_" + units);
    StringBuilder forward = new StringBuilder("def forward(self, x: Tensor) -> Tensor:\n");
    for (int i = 0; i < layer.units().size(); i++) {
      Residual unit = layer.units().get(i);
      String unitKey = key + ".net.branches.0.net." + i + ".net";
      ScriptModule aligned =
          aligned(unit, residualNet(unit, unitKey + ".aligned.branches.0"), "UnitOfStack");
      net.child(
          Integer.toString(i),
          ScriptModule.builder(PACKAGE + "UnitOfStack_" + signature(unit))
              .child("net", holder("UnitOfStackNet_" + signature(unit), "aligned", aligned))
              .build());
      forward.append("  x = getattr(self, \"%d\").net.aligned.forward(x)%n".formatted(i));
    }
    ScriptModule stack = net.methods(forward.append("  return x\n").toString()).build();
    ScriptModule branch = holder("ResidualStackBranch_" + units, "net", stack);
    ScriptModule branches = holder("ResidualStackBranches_" + units, "0", branch);
    return ScriptModule.builder(PACKAGE + "ResidualStack_" + units)
        .child("net", holder("ResidualStackNet_" + units, "branches", branches))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return getattr(self.net.branches, "0").net.forward(x)
            """)
        .build();
  }

  /** A module for the sake of its child's path. */
  private static ScriptModule holder(String className, String name, ScriptModule child) {
    return ScriptModule.builder(PACKAGE + className).child(name, child).build();
  }

  private ScriptModule residualNet(Residual layer, String key) {
    return ScriptModule.builder(PACKAGE + "ResidualNet_" + signature(layer))
        .child("1", convolution(layer.inner(), key + ".1"))
        .child("3", convolution(layer.outer(), key + ".3"))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              x = getattr(self, "1").forward(torch.leaky_relu(x, 0.2))
              return getattr(self, "3").forward(torch.leaky_relu(x, 0.2))
            """)
        .build();
  }

  /** A branch added to its input, which streaming gives as late as the branch is. */
  private ScriptModule aligned(Residual layer, ScriptModule branch, String className) {
    int delay = form == Form.STREAMING ? layer.inputDelay() : 0;
    ScriptModule.Builder aligned =
        ScriptModule.builder(PACKAGE + className + "Aligned_" + signature(layer))
            .child("branches", holder(className + "Branches_" + signature(layer), "0", branch));
    if (delay > 0) {
      aligned.buffer("cache", cache(layer.inner().inChannels(), delay));
    }
    return aligned
        .methods(
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  y = getattr(self.branches, \"0\").forward(x)\n"
                + (delay > 0 ? delayed("cache") : "")
                + "  return torch.add(x, y)\n")
        .build();
  }

  private ScriptModule snake(String key) {
    ScriptModule.Builder builder = ScriptModule.builder(PACKAGE + "Snake");
    TensorData alpha = weights.tensor(key + ".alpha");
    if (form == Form.TRAINING) {
      builder.parameter("alpha", alpha);
    } else {
      builder.buffer("alpha", alpha);
    }
    return builder
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              wave = torch.sin(torch.mul(self.alpha, x))
              return torch.add(x, torch.div(torch.mul(wave, wave), torch.add(self.alpha, 1e-9)))
            """)
        .build();
  }

  /**
   * With the batch's statistics while the module is in training, with the running ones when {@code
   * eval()} was called, as validation and the receptive field's measurement do. A batch that is no
   * number leaves the running ones alone.
   */
  private ScriptModule batchNormalisation(String key) {
    ScriptModule.Builder builder =
        ScriptModule.builder(PACKAGE + "BatchNormalisation")
            .parameter("weight", weights.tensor(key + ".weight"))
            .parameter("bias", weights.tensor(key + ".bias"));
    for (String buffer : List.of("running_mean", "running_var", "num_batches_tracked")) {
      builder.buffer(buffer, weights.tensor(key + "." + buffer));
    }
    return builder
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              mean = torch.clone(self.running_mean)
              variance = torch.clone(self.running_var)
              y = torch.batch_norm(x, self.weight, self.bias, mean, variance, self.training, %s, %s, True)
              if self.training:
                usable = torch.isfinite(torch.sum(torch.add(mean, variance)))
                torch.copy_(self.running_mean, torch.where(usable, mean, self.running_mean))
                torch.copy_(self.running_var, torch.where(usable, variance, self.running_var))
                torch.add_(self.num_batches_tracked, torch.to(usable, 4))
              return y
            """
                .formatted(BatchNormalisation.MOMENTUM, BatchNormalisation.EPSILON))
        .build();
  }

  /** Batch normalisation that is trained: a factor and a summand for each channel. */
  private ScriptModule fixedNormalisation(String key) {
    float[] weight = weights.tensor(key + ".weight").floats();
    float[] bias = weights.tensor(key + ".bias").floats();
    float[] mean = weights.tensor(key + ".running_mean").floats();
    float[] variance = weights.tensor(key + ".running_var").floats();
    float[] factor = new float[weight.length];
    float[] summand = new float[weight.length];
    for (int i = 0; i < weight.length; i++) {
      factor[i] = (float) (weight[i] / Math.sqrt(variance[i] + BatchNormalisation.EPSILON));
      summand[i] = bias[i] - mean[i] * factor[i];
    }
    return ScriptModule.builder(PACKAGE + "FixedNormalisation")
        .buffer("factor", TensorData.ofFloats(factor, factor.length, 1))
        .buffer("summand", TensorData.ofFloats(summand, summand.length, 1))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.add(torch.mul(x, self.factor), self.summand)
            """)
        .build();
  }

  /**
   * In training it changes nothing. In use, while {@code learn_y} is set, it takes in its input's
   * statistics as those wanted; else, while {@code learn_x} is set, as those to be replaced; and it
   * replaces them once it has both. Statistics are running averages over calls.
   */
  private ScriptModule adaptiveNormalisation(AdaptiveNormalisation layer, String key) {
    ScriptModule.Builder builder = ScriptModule.builder(PACKAGE + "AdaptiveNormalisation");
    layer
        .tensors()
        .keySet()
        .forEach(name -> builder.buffer(name, weights.tensor(key + "." + name)));
    if (form == Form.TRAINING) {
      return builder.methods("def forward(self, x: Tensor) -> Tensor:\n  return x\n").build();
    }
    return builder
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              if float(self.learn_y) > 0.:
                self.learn(x, self.mean_y, self.std_y, self.num_update_y)
              else:
                if float(self.learn_x) > 0.:
                  self.learn(x, self.mean_x, self.std_x, self.num_update_x)
                if float(self.num_update_x) > 0. and float(self.num_update_y) > 0.:
                  x = torch.sub(x, self.rows(self.mean_x, x))
                  x = torch.div(x, torch.add(self.rows(self.std_x, x), %s))
                  x = torch.add(torch.mul(x, self.rows(self.std_y, x)), self.rows(self.mean_y, x))
              return x
            def rows(self, statistic: Tensor, x: Tensor) -> Tensor:
              return torch.slice(statistic, 0, 0, torch.size(x, 0))
            def learn(self, x: Tensor, mean: Tensor, deviation: Tensor, updates: Tensor) -> NoneType:
              torch.add_(updates, 1)
              self.average(self.rows(mean, x), torch.mean(x, [2], True), updates)
              self.average(self.rows(deviation, x), torch.std(x, [2], True, True), updates)
              return None
            def average(self, known: Tensor, heard: Tensor, updates: Tensor) -> NoneType:
              torch.add_(known, torch.div(torch.sub(heard, known), updates))
              return None
            """
                .formatted(AdaptiveNormalisation.EPSILON))
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
    return StreamingCache.silent(1, channels, samples);
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
