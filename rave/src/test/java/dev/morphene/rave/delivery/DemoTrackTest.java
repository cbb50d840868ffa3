package dev.morphene.rave.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.audio.Loudness;
import dev.morphene.rave.audio.LoudnessMeter;
import dev.morphene.rave.audio.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTrackTest {
  private static final int RATE = 48_000;

  @Test
  void goesThroughAllPartsEvenlyInOneMinute() {
    List<float[]> parts = new ArrayList<>();
    for (int part = 0; part < 7; part++) {
      // Levels 30 dB apart, as morphs of a young model are; 5 s repeat without a seam.
      double amplitude = part % 2 == 0 ? 0.9 : 0.03;
      parts.add(Samples.sine(200 * (part + 1), amplitude, 5, RATE));
    }
    float[] demo = DemoTrack.of(parts, RATE);

    assertThat(demo).hasSize(60 * RATE);
    Loudness loudness = LoudnessMeter.measure(demo, RATE);
    assertThat(loudness.integratedLufs()).isCloseTo(-14, within(0.5));
    assertThat(loudness.truePeakDecibels()).isLessThanOrEqualTo(-1);
    for (int part = 0; part < 7; part++) {
      int middle = (int) (RATE * (59.5 * (part + 0.5) / 7 + 0.25));
      assertThat(frequency(demo, middle)).isCloseTo(200 * (part + 1), within(5.0));
      assertThat(Samples.rms(demo, middle - RATE, middle + RATE)).isBetween(0.1, 0.4);
    }
    for (int second = 0; second < 60; second++) {
      assertThat(Samples.rms(demo, second * RATE, (second + 1) * RATE)).isGreaterThan(0.08);
    }
  }

  private static double frequency(float[] sound, int start) {
    int rises = 0;
    for (int index = start; index < start + RATE; index++) {
      rises += sound[index] < 0 && sound[index + 1] >= 0 ? 1 : 0;
    }
    return rises;
  }

  @Test
  void silencePassesThroughAsItIs() {
    List<float[]> parts = List.of(new float[RATE], new float[RATE]);
    assertThat(DemoTrack.of(parts, RATE)).hasSize(60 * RATE).containsOnly(0f);
  }
}
