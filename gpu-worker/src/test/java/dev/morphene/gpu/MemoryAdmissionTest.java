package dev.morphene.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
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

class MemoryAdmissionTest {
  private static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final QueueName MIDDLE = QueueName.training(MemoryClass.FROM_30_TO_40_GB);
  private static final QueueName LARGE = QueueName.training(MemoryClass.OVER_40_GB);

  @Test
  void threeSmallJobsShareAGpuAndAFourthWaits() {
    MemoryAdmission admission = admission(1, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(admission.reserve(SMALL, Optional.empty())).isPresent();
    }
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
    assertThat(admission.reserve(SMALL, Optional.empty())).isEmpty();
  }

  @Test
  void aLargeJobSharesWithNobody() {
    MemoryAdmission admission = admission(1, 3);
    Placement small = admission.reserve(SMALL, Optional.empty()).orElseThrow();
    assertThat(admission.hasRoomFor(LARGE)).isFalse();
    admission.release(small);
    admission.release(small);
    assertThat(admission.reserve(LARGE, Optional.empty())).isPresent();
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
  }

  @Test
  void smallJobsFillOneGpuBeforeTheyOpenAnother() {
    MemoryAdmission admission = admission(2, 3);
    GpuUuid first = admission.reserve(SMALL, Optional.empty()).orElseThrow().gpu();
    assertThat(admission.reserve(SMALL, Optional.empty()).orElseThrow().gpu()).isEqualTo(first);
    assertThat(admission.reserve(LARGE, Optional.empty()).orElseThrow().gpu()).isNotEqualTo(first);
  }

  @Test
  void aProcessorRunsOneTrainingAtATime() {
    MemoryAdmission admission = admission(1, 1);
    assertThat(admission.reserve(SMALL, Optional.empty())).isPresent();
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
  }

  @Test
  void aQueueThatHoldsNoTrainingIsRefused() {
    assertThatThrownBy(() -> admission(1, 1).reserve(QueueName.SUBMIT, Optional.empty()))
        .hasMessageContaining("morphene.submit");
  }

  @Test
  void memoryOfStrangersIsNotPromised() {
    MemoryAdmission admission =
        new MemoryAdmission(
            () ->
                List.of(
                    GpuDevice.plain(
                        new GpuUuid("GPU-0"),
                        "cuda:0",
                        "test device",
                        ByteSize.ofGb(80),
                        ByteSize.ofGb(20),
                        3,
                        "NVML_V2")),
            MemoryRule.usual());
    Optional<JobNeed> sixteen = Optional.of(JobNeed.of(ByteSize.ofGb(16)));
    Placement first = admission.reserve(SMALL, sixteen).orElseThrow();
    assertThat(admission.reserve(SMALL, sixteen)).as("4 GB are left").isEmpty();
    admission.observe(first, ByteSize.ofGb(16));
    assertThat(admission.reserve(SMALL, sixteen)).as("it has taken what it will").isPresent();
  }

  @Test
  void aKeptGpuLetsNothingSmallerIn() {
    MemoryAdmission admission = admission(1, 3);
    JobNeed large = JobNeed.of(ByteSize.ofGb(60));
    admission.keep(List.of(new HeartbeatReply.Reserved(new GpuUuid("GPU-0"), large)));
    assertThat(admission.hasRoomFor(SMALL)).isFalse();
    assertThat(admission.reserve(LARGE, Optional.of(JobNeed.of(ByteSize.ofGb(50))))).isEmpty();
    assertThat(admission.reserve(LARGE, Optional.of(large))).isPresent();
    admission.keep(List.of());
    assertThat(admission.hasRoomFor(SMALL)).as("alone on its GPU").isFalse();
  }

  @Test
  void roomCountsTheSmallestJobsOfEachClass() {
    assertThat(admission(2, 3).room())
        .containsExactly(
            new Heartbeat.Room(LARGE, 2),
            new Heartbeat.Room(MIDDLE, 4),
            new Heartbeat.Room(SMALL, 6));
  }

  @Property
  void noGpuEverHoldsMoreThanTheRuleAllows(@ForAll @Size(max = 60) List<Integer> script) {
    MemoryAdmission admission = admission(3, 3);
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
        Optional<Placement> placement =
            admission.reserve(QueueName.training(memoryClass), Optional.empty());
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

  private static MemoryAdmission admission(int gpus, int jobsEach) {
    List<GpuDevice> devices = new ArrayList<>();
    for (int gpu = 0; gpu < gpus; gpu++) {
      devices.add(device("GPU-" + gpu, ByteSize.ofGb(80), jobsEach));
    }
    return new MemoryAdmission(() -> devices, MemoryRule.usual());
  }

  private static GpuDevice device(String gpu, ByteSize free, int jobsEach) {
    return GpuDevice.plain(
        new GpuUuid(gpu), "cuda:0", "test device", ByteSize.ofGb(80), free, jobsEach, "CONFIGURED");
  }
}
