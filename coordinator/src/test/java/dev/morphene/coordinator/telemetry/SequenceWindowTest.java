package dev.morphene.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceWindowTest {
  private static SequenceWindow after(long... sequences) {
    SequenceWindow window = new SequenceWindow(0, 0);
    for (long sequence : sequences) {
      assertThat(window.takes(sequence)).as("%d", sequence).isTrue();
      window = window.with(sequence);
      assertThat(window.takes(sequence)).as("%d again", sequence).isFalse();
    }
    return window;
  }

  @Test
  void takesEachOnceInAnyOrder() {
    SequenceWindow window = after(2, 1, 5, 3);
    assertThat(window.newest()).isEqualTo(5);
    assertThat(window.takes(4)).isTrue();
    assertThat(window.takes(2)).isFalse();
  }

  @Test
  void knowsTheOldestOfItsLength() {
    SequenceWindow window = after(1, 64);
    assertThat(window.takes(1)).isFalse();
    assertThat(window.takes(2)).isTrue();
  }

  @Test
  void doesNotTakeWhatIsTooOldToKnow() {
    assertThat(after(65).takes(1)).isFalse();
    assertThat(after(1, 200).takes(136)).isFalse();
    assertThat(after(1, 200).takes(137)).isTrue();
  }

  @Test
  void takesAnyNewerOne() {
    assertThat(after(1, Long.MAX_VALUE).newest()).isEqualTo(Long.MAX_VALUE);
    assertThat(after(1, 65).takes(64)).isTrue();
  }
}
