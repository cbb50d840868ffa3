package dev.morphene.trials.bench;

import dev.morphene.agent.child.Child;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Says that it is up and that it is done, as a real child does; there is no process. */
record NoOpChild(AttemptId attempt) implements Child {
  @Override
  public long processId() {
    return ProcessHandle.current().pid();
  }

  @Override
  public ChildEnd follow(Consumer<ProcessLine> onLine) {
    onLine.accept(
        new ProcessLine.Hello("audit", processId(), "cpu", OptionalLong.empty(), Map.of()));
    return new ChildEnd(
        0, Optional.of(new ProcessLine.Done(ProcessJson.mapper().createObjectNode())), List.of());
  }

  @Override
  public void send(ProcessCommand command) {
    // It has ended already.
  }

  @Override
  public void renewLease(long untilNanos) {
    // It has ended already.
  }

  @Override
  public void stop(Duration patience) {
    // It has ended already.
  }

  @Override
  public void kill() {
    // It has ended already.
  }
}
