package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.loss.SpectralDistance;

/** Complex spectra for discriminators. */
final class SpectrumModule {
  private SpectrumModule() {}

  /**
   * A module with the buffer {@code window}, a periodic Hann, whose {@code forward(x: Tensor) ->
   * Tensor} takes audio (batch, channels, samples) and gives real parts, then imaginary ones
   * (batch, 2·channels, bins, frames). Frames are centred, the edges reflected, the hop is a
   * quarter.
   *
   * @param length of the window, samples; a multiple of 4
   */
  static ScriptModule of(int length) {
    return ScriptModule.builder(DiscriminatorModule.PACKAGE + "Spectrum")
        .buffer("window", SpectralDistance.periodicHann(length))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              length = self.window.size(0)
              rows = torch.reshape(x, [-1, x.size(-1)])
              spectrum = torch.stft(rows, length, hop_length=length // 4, win_length=length, window=self.window, center=True, pad_mode="reflect", normalized=False, onesided=True, return_complex=True)
              parts = torch.unbind(torch.view_as_real(spectrum), -1)
              size = [x.size(0), x.size(1), spectrum.size(1), spectrum.size(2)]
              return torch.cat([torch.reshape(parts[0], size), torch.reshape(parts[1], size)], 1)
            """)
        .build();
  }
}
