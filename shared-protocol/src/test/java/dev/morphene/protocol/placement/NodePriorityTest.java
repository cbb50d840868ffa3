package dev.morphene.protocol.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.memory.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodePriorityTest {
  @Test
  void smallerGpusAreServedFirst() {
    ByteSize small = ByteSize.ofGb(23.5);
    ByteSize large = ByteSize.ofGb(79.1);
    assertThat(NodePriority.of(List.of(small, small)))
        .isGreaterThan(NodePriority.of(List.of(small, large)));
    assertThat(NodePriority.of(List.of(large))).isEqualTo(-79);
    assertThat(NodePriority.of(List.of())).isZero();
  }
}
