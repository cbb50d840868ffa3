package dev.morphene.rave.loss;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.List;

/**
 * Multi-scale spectral distance (RAVE, arXiv 2111.05011, section 3.2.1): for every scale the
 * squared difference of STFT magnitudes relative to the target's power, plus the mean absolute
 * difference of their logarithms.
 */
public final class SpectralDistance {
  /** STFT lengths of every published configuration, samples; the hop is a quarter of each. */
  public static final List<Integer> SCALES = List.of(2048, 1024, 512, 256, 128);

  private static final String PACKAGE = "__torch__.morphene.loss.";

  private SpectralDistance() {}

  /** The distance over {@link #SCALES}. */
  public static ScriptModule module(double logEpsilon) {
    return module(SCALES, logEpsilon);
  }

  /**
   * A module whose {@code forward(target: Tensor, estimate: Tensor) -> Tensor} takes two tensors
   * (batch, planes, samples), with more than half the largest scale in samples, and gives a scalar.
   * Planes are folded into the batch. Where all of the target is digital silence its power, 0,
   * counts as 1.
   *
   * @param scales STFT lengths, samples
   * @param logEpsilon added to magnitudes before the logarithm
   */
  public static ScriptModule module(List<Integer> scales, double logEpsilon) {
    ScriptModule.Builder stfts = ScriptModule.builder(PACKAGE + "Stfts");
    StringBuilder windows = new StringBuilder("def windows(self) -> List[Tensor]:\n");
    windows.append("  found = annotate(List[Tensor], [])\n");
    for (int i = 0; i < scales.size(); i++) {
      stfts.child(
          Integer.toString(i),
          ScriptModule.builder(PACKAGE + "Stft")
              .buffer("window", periodicHann(scales.get(i)))
              .build());
      windows.append("  found.append(getattr(self, \"%d\").window)%n".formatted(i));
    }
    windows.append("  return found\n");
    ScriptModule multiScale =
        ScriptModule.builder(PACKAGE + "MultiScaleStft")
            .child("stfts", stfts.methods(windows.toString()).build())
            .build();
    return ScriptModule.builder(PACKAGE + "SpectralDistance")
        .attribute("log_epsilon", ScriptValue.of(logEpsilon))
        .child("multiscale_stft", multiScale)
        .methods(
            """
            def forward(self, target: Tensor, estimate: Tensor) -> Tensor:
              x = torch.reshape(target, [-1, target.size(-1)])
              y = torch.reshape(estimate, [-1, estimate.size(-1)])
              distance = torch.zeros([], dtype=6, device=x.device)
              for window in self.multiscale_stft.stfts.windows():
                distance = torch.add(distance, self.at_scale(x, y, window))
              return distance
            def at_scale(self, x: Tensor, y: Tensor, window: Tensor) -> Tensor:
              a = self.magnitudes(x, window)
              b = self.magnitudes(y, window)
              power = torch.mean(torch.square(a))
              power = torch.where(torch.gt(power, 0.), power, torch.ones_like(power))
              linear = torch.div(torch.mean(torch.square(torch.sub(a, b))), power)
              logarithmic = torch.sub(torch.log(torch.add(a, self.log_epsilon)), torch.log(torch.add(b, self.log_epsilon)))
              return torch.add(linear, torch.mean(torch.abs(logarithmic)))
            def magnitudes(self, x: Tensor, window: Tensor) -> Tensor:
              length = window.size(0)
              spectrum = torch.stft(x, length, hop_length=length // 4, win_length=length, window=window, center=True, pad_mode="reflect", normalized=False, onesided=True, return_complex=True)
              return torch.abs(spectrum)
            """)
        .build();
  }

  /** Hann window whose period is its length, as spectral analysis wants it. */
  public static TensorData periodicHann(int length) {
    float[] window = new float[length];
    for (int i = 0; i < length; i++) {
      window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / length));
    }
    return TensorData.ofFloats(window, length);
  }
}
