package dev.morphene.trials.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.trials.fault.Fault.Kind;
import java.util.EnumSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FaultScheduleTest {
  @Property
  void everyKindOfFaultHappensInTheFirstMinuteAndTheSameSeedRepeatsIt(@ForAll long seed) {
    FaultSchedule schedule = FaultSchedule.of(seed);
    assertThat(schedule).isEqualTo(FaultSchedule.of(seed));
    assertThat(schedule.faults().stream().map(Fault::kind).collect(Collectors.toSet()))
        .isEqualTo(EnumSet.allOf(Kind.class));
    assertThat(schedule.faults())
        .allSatisfy(
            fault -> assertThat(fault.atMillis() + fault.lastsMillis()).isBetween(0L, 62_000L));
  }

  @Property
  void aFrozenAgentIsNotKilled(@ForAll long seed) {
    FaultSchedule schedule = FaultSchedule.of(seed);
    int frozen =
        schedule.faults().stream()
            .filter(fault -> fault.kind() == Kind.FREEZE_AGENT)
            .findFirst()
            .orElseThrow()
            .target();
    assertThat(schedule.faults())
        .noneMatch(fault -> fault.kind() == Kind.KILL_AGENT && fault.target() == frozen);
  }

  @Property
  void aScriptSurvivesTheWayThroughASpec(
      @ForAll @net.jqwik.api.constraints.LongRange(min = 0, max = 100_000) long millis,
      @ForAll @net.jqwik.api.constraints.IntRange(min = 0, max = 1_000) int failures,
      @ForAll boolean deaf) {
    TrainerScript script = new TrainerScript(millis, failures, deaf);
    assertThat(TrainerScript.in("{\"outputFolder\":\"" + script.path() + "\",\"threads\":1}"))
        .isEqualTo(script);
  }
}
