package dev.morphene.rave.model;

/**
 * Delays that keep the decoder's heads together in streaming, in band samples.
 *
 * <p>The noise branch works on frames, so its amplitudes have to be late by a whole number of
 * frames; and the filter bank's signs alternate, so the sum has to be late by an even number of
 * band samples. The official program does neither for a noise branch and inverts the odd bands of
 * v1: where that matters, delays here are other than there.
 *
 * @param noiseInput added before the noise branch
 * @param noiseOutput added after it
 * @param loudnessOutput added after the loudness, to come with the waveform
 * @param waveformOutput added after the waveform
 * @param totalBandSamples from the latent to the sum
 */
record StreamingAlignment(
    int noiseInput, int noiseOutput, int loudnessOutput, int waveformOutput, int totalBandSamples) {

  static StreamingAlignment of(RaveArchitecture architecture) {
    int features = architecture.decoder().delay(architecture.frameBandSamples());
    int waveform = features + architecture.waveform().map(Layer::inputDelay).orElse(0);
    // The loudness head's window is the narrower one.
    int loudness =
        architecture.loudness().map(head -> waveform - features - head.inputDelay()).orElse(0);
    if (architecture.noise().isEmpty()) {
      int total = evenAtLeast(waveform);
      return new StreamingAlignment(0, 0, loudness, total - waveform, total);
    }
    int frame = architecture.config().noise().orElseThrow().frameBandSamples();
    int ready = features + architecture.noiseLookAhead();
    int noise = (ready + frame - 1) / frame * frame;
    int total = evenAtLeast(Math.max(waveform, noise));
    return new StreamingAlignment(noise - ready, total - noise, loudness, total - waveform, total);
  }

  private static int evenAtLeast(int delay) {
    return delay + delay % 2;
  }
}
