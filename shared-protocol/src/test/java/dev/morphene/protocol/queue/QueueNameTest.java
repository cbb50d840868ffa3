package dev.morphene.protocol.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.memory.MemoryClass;
import org.junit.jupiter.api.Test;

class QueueNameTest {
  @Test
  void everyQueueHasADeadLetterQueueBesideIt() {
    assertThat(QueueName.all())
        .doesNotHaveDuplicates()
        .contains(
            QueueName.SUBMIT.deadLetter(), QueueName.training(MemoryClass.OVER_40_GB).deadLetter());
    assertThat(QueueName.training(MemoryClass.FROM_30_TO_40_GB).value())
        .isEqualTo("morphene.train.30-to-40gb");
  }
}
