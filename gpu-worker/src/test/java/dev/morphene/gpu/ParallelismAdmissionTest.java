package dev.morphene.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.queue.QueueName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ParallelismAdmissionTest {
  private static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final QueueName MIDDLE = QueueName.training(MemoryClass.FROM_30_TO_40_GB);
  private static final QueueName LARGE = QueueName.training(MemoryClass.OVER_40_GB);

  @Test
  void threeSmallJobsShareAGpuAndAFourthWaits() {
    ParallelismAdmission admission = admission(1, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(admission.reserve(SMALL)).isPresent();
    }
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
    assertThat(admission.reserve(SMALL)).isEmpty();
  }

  @Test
  void aLargeJobSharesWithNobody() {
    ParallelismAdmission admission = admission(1, 3);
    Placement small = admission.reserve(SMALL).orElseThrow();
    assertThat(admission.hasRoomFor(LARGE)).isFalse();
    admission.release(small);
    admission.release(small);
    assertThat(admission.reserve(LARGE)).isPresent();
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
  }

  @Test
  void smallJobsFillOneGpuBeforeTheyOpenAnother() {
    ParallelismAdmission admission = admission(2, 3);
    GpuUuid first = admission.reserve(SMALL).orElseThrow().gpu();
    assertThat(admission.reserve(SMALL).orElseThrow().gpu()).isEqualTo(first);
    assertThat(admission.reserve(LARGE).orElseThrow().gpu()).isNotEqualTo(first);
  }

  @Test
  void aProcessorRunsOneTrainingAtATime() {
    ParallelismAdmission admission = admission(1, 1);
    assertThat(admission.reserve(SMALL)).isPresent();
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
  }

  @Test
  void aQueueThatHoldsNoTrainingIsRefused() {
    assertThatThrownBy(() -> admission(1, 1).reserve(QueueName.SUBMIT))
        .hasMessageContaining("morphene.submit");
  }

  @Property
  void noGpuEverHoldsMoreThanTheRuleAllows(@ForAll @Size(max = 60) List<Integer> script) {
    ParallelismAdmission admission = admission(3, 3);
    Map<Placement, MemoryClass> held = new HashMap<>();
    List<Placement> order = new ArrayList<>();
    for (int word : script) {
      int choice = Math.floorMod(word, 4);
      if (choice == 3 && !order.isEmpty()) {
        Placement released = order.remove(Math.floorMod(word / 4, order.size()));
        held.remove(released);
        admission.release(released);
      } else if (choice < 3) {
        MemoryClass memoryClass = MemoryClass.values()[choice];
        Optional<Placement> placement = admission.reserve(QueueName.training(memoryClass));
        placement.ifPresent(
            value -> {
              held.put(value, memoryClass);
              order.add(value);
            });
      }
      for (int gpu = 0; gpu < 3; gpu++) {
        GpuUuid uuid = new GpuUuid("GPU-" + gpu);
        List<MemoryClass> together =
            held.entrySet().stream()
                .filter(entry -> entry.getKey().gpu().equals(uuid))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(MemoryClass.allowsTogether(together)).isTrue();
      }
    }
    assertThat(admission.queues()).containsExactly(LARGE, MIDDLE, SMALL);
  }

  private static ParallelismAdmission admission(int gpus, int jobsEach) {
    List<GpuBudget> devices = new ArrayList<>();
    for (int gpu = 0; gpu < gpus; gpu++) {
      devices.add(
          new GpuBudget(
              new GpuUuid("GPU-" + gpu),
              "cuda:" + gpu,
              "test device",
              ByteSize.ofGb(80),
              () -> ByteSize.ofGb(80),
              jobsEach));
    }
    return new ParallelismAdmission(devices);
  }
}
