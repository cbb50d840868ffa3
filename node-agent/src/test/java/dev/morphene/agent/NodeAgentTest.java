package dev.morphene.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.child.ChildProcess;
import dev.morphene.agent.child.ChildRequest;
import dev.morphene.agent.child.ScriptedChild;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.agent.placement.SlotAdmission;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.message.NodeCommand;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.rave.process.LeaseWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NodeAgentTest {
  private static final QueueName QUEUE = QueueName.work(JobKind.AUDIT);
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(3), new AttemptNumber(1));
  private static final long LEASE_MILLIS = 600_000;

  /** Soon over, but time enough for a child to start on a busy machine. */
  private static final long SHORT_LEASE_MILLIS = 10_000;

  private static final long LONGEST_SHORT_LEASE_MILLIS = 80_000;

  @TempDir Path work;
  private final FakeWorkSource source = new FakeWorkSource();
  private NodeAgent agent;
  private boolean refuseJoins;

  @AfterEach
  void close() {
    if (agent != null) {
      agent.close();
    }
  }

  @Test
  void aJobRunsToItsResultAndEveryEventHasItsNumber() throws Exception {
    FakeCoordinator coordinator = start("completes", LEASE_MILLIS);
    coordinator.failNextReports(2);
    source.offer(QUEUE, message());
    AttemptReport end = coordinator.await(AttemptReport::endsAttempt);
    assertThat(end).isInstanceOf(AttemptReport.Completed.class);
    assertThat(((AttemptReport.Completed) end).result().path("steps").asInt()).isEqualTo(2);
    assertThat(coordinator.reports())
        .hasAtLeastOneElementOfType(AttemptReport.Started.class)
        .hasAtLeastOneElementOfType(AttemptReport.CheckpointStored.class);
    assertThat(coordinator.sequences()).isSorted().doesNotHaveDuplicates();
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
  }

  @Test
  void theChildsOwnFailureIsReportedWithItsClassAndAFix() throws Exception {
    FakeCoordinator coordinator = start("fails", LEASE_MILLIS);
    source.offer(QUEUE, message());
    AttemptReport.Failed end = (AttemptReport.Failed) coordinator.await(AttemptReport::endsAttempt);
    assertThat(end.errorClass()).isEqualTo(ErrorClass.CALLERS_FAULT);
    assertThat(end.message()).isEqualTo("No folder.");
    assertThat(end.evidence()).containsExactly("why");
    assertThat(end.suggestedFix()).isNotBlank();
  }

  @Test
  void aCrashIsReportedWithTheLastLinesOfTheLog() throws Exception {
    FakeCoordinator coordinator = start("crashes", LEASE_MILLIS);
    source.offer(QUEUE, message());
    AttemptReport.Failed end = (AttemptReport.Failed) coordinator.await(AttemptReport::endsAttempt);
    assertThat(end.errorClass()).isEqualTo(ErrorClass.TRAINER_CRASH);
    assertThat(end.evidence()).contains("last words");
  }

  @Test
  void whatTheChildWritesOnItsStandardErrorIsToldBeforeItsEnd() throws Exception {
    FakeCoordinator coordinator = start("crashes", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport::endsAttempt);
    List<AttemptReport> reports = coordinator.reports();
    assertThat(reports.get(reports.size() - 2))
        .isInstanceOfSatisfying(
            AttemptReport.Logged.class,
            logged -> assertThat(logged.lines()).contains("last words"));
  }

  @Test
  void aNodeInQuarantineTakesNothingUntilItIsReleased() throws Exception {
    FakeCoordinator coordinator = start("completes", LEASE_MILLIS);
    coordinator.quarantine(true);
    coordinator.awaitHeartbeats(2);
    source.offer(QUEUE, message());
    coordinator.awaitHeartbeats(2);
    assertThat(coordinator.reports()).isEmpty();
    coordinator.quarantine(false);
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isInstanceOf(AttemptReport.Completed.class);
  }

  @Test
  void aLineThatIsNotOfTheProtocolDoesNoHarm() throws Exception {
    FakeCoordinator coordinator = start("babbles", LEASE_MILLIS);
    source.offer(QUEUE, message());
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isInstanceOf(AttemptReport.Completed.class);
  }

  @Test
  void aMessageThatCannotBeReadIsDeadLettered() throws Exception {
    start("completes", LEASE_MILLIS);
    source.offer(QUEUE, "{}".getBytes(StandardCharsets.UTF_8));
    assertThat(source.fates.poll(120, TimeUnit.SECONDS))
        .startsWith("dead: ")
        .contains("\"version\" is missing");
  }

  @Test
  void ofTheMessagesAtHandTheLargestIsPlacedFirst() throws Exception {
    AttemptId large = new AttemptId(new JobId(4), new AttemptNumber(1));
    source.offer(
        QUEUE,
        ProtocolJson.write(JobMessage.of(ATTEMPT, Optional.of(JobNeed.of(ByteSize.ofGb(8))))));
    source.offer(
        QUEUE,
        ProtocolJson.write(JobMessage.of(large, Optional.of(JobNeed.of(ByteSize.ofGb(16))))));
    FakeCoordinator coordinator = start("hangs", LEASE_MILLIS, new OnePlace(QUEUE));
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    assertThat(coordinator.claimed()).containsExactly(large);
    assertThat(List.of(source.fates.take(), source.fates.take()))
        .containsExactlyInAnyOrder("acknowledged", "requeued");
  }

  @Test
  void aRefusedClaimIsAcknowledgedAndStartsNothing() throws Exception {
    FakeCoordinator coordinator = start("completes", LEASE_MILLIS);
    coordinator.refuseClaims();
    source.offer(QUEUE, message());
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    assertThat(coordinator.reports()).isEmpty();
  }

  @Test
  void aMessageWhoseClaimGotNoAnswerGoesBack() throws Exception {
    FakeCoordinator coordinator = start("completes", LEASE_MILLIS);
    coordinator.becomeUnreachable();
    source.offer(QUEUE, message());
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("requeued");
  }

  @Test
  void aSecondMessageOfWhatRunsHereStartsNothing() throws Exception {
    FakeCoordinator coordinator = start("hangs", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    source.offer(QUEUE, message());
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    assertThat(agent.running()).hasSize(1);
    assertThat(coordinator.reports().stream().filter(AttemptReport.Started.class::isInstance))
        .hasSize(1);
  }

  @Test
  void aSecondMessageOfWhatHasRunHereStartsNothing() throws Exception {
    FakeCoordinator coordinator = start("completes", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport::endsAttempt);
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    source.offer(QUEUE, message());
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    agent.close();
    assertThat(coordinator.reports().stream().filter(AttemptReport.Started.class::isInstance))
        .hasSize(1);
  }

  @Test
  void closingTheNodeLetsAPoliteChildStopAndGivesItsJobBack() throws Exception {
    FakeCoordinator coordinator = start("stops-when-asked", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    agent.close();
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isEqualTo(new AttemptReport.GivenBack(ErrorClass.DRAINED, 7));
  }

  @Test
  void cancellingKillsAChildThatDoesNotListen() throws Exception {
    FakeCoordinator coordinator = start("hangs", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    ProcessHandle child = child();
    coordinator.direct(ATTEMPT, HeartbeatReply.Action.CANCEL);
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isEqualTo(new AttemptReport.GivenBack(ErrorClass.CANCELLED, 1));
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void aChildWhoseLeaseCannotBeRenewedIsKilledInSilence() throws Exception {
    FakeCoordinator coordinator = start("hangs", SHORT_LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    ProcessHandle child = child();
    coordinator.becomeUnreachable();
    CompletableFuture<ProcessHandle> end = child.onExit();
    end.get(120, TimeUnit.SECONDS);
    agent.close();
    assertThat(coordinator.reports()).noneMatch(AttemptReport::endsAttempt);
  }

  @Test
  void aChildGoesOnWhileItsLeaseIsRenewed() throws Exception {
    long lease = SHORT_LEASE_MILLIS;
    // A machine that stands still for as long ends a lease rightly, or starts nothing.
    while (!completesWorkLongerThan(lease)) {
      lease *= 2;
      assertThat(lease).isLessThanOrEqualTo(LONGEST_SHORT_LEASE_MILLIS);
    }
  }

  private boolean completesWorkLongerThan(long leaseMillis) throws Exception {
    FakeCoordinator coordinator = start(ScriptedChild.WORKS + (leaseMillis + 1_000), leaseMillis);
    source.offer(QUEUE, message());
    Optional<AttemptReport> end =
        coordinator.await(
            report -> report.endsAttempt() || report instanceof AttemptReport.Logged,
            Duration.ofMillis(2 * leaseMillis + 10_000));
    agent.close();
    return end.filter(AttemptReport.Completed.class::isInstance).isPresent();
  }

  @Test
  void aChildWhoseAgentDoesNotRenewEndsItself() throws Exception {
    ChildProcess child =
        launcher()
            .launch(
                ATTEMPT,
                new ChildRequest(JobKind.AUDIT, Map.of("name", ScriptedChild.WORKS + 600_000)),
                Map.of(),
                System.nanoTime() + TimeUnit.SECONDS.toNanos(4));
    ChildEnd end = child.follow(line -> {});
    assertThat(end.exitCode()).isEqualTo(LeaseWatch.EXIT_CODE);
    assertThat(end.evidence()).anyMatch(line -> line.contains("lease has passed"));
    RunningAttempt attempt =
        new RunningAttempt(child, Placement.onProcessors(1, QUEUE, new GpuUuid("CPU")));
    assertThat(attempt.endReport(end)).as("the coordinator finds out by itself").isEmpty();
  }

  @Test
  void aClaimThatWasAnsweredTooLateStartsNothing() throws Exception {
    FakeCoordinator coordinator = start("completes", 400);
    source.offer(QUEUE, message());
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    agent.close();
    assertThat(coordinator.reports()).isEmpty();
  }

  @Test
  void aNodeThatMayNotJoinTakesNothingAndSaysWhy() throws Exception {
    refuseJoins = true;
    start("completes", LEASE_MILLIS);
    source.offer(QUEUE, message());
    assertThat(agent.ended().get(120, TimeUnit.SECONDS))
        .isEqualTo(new NodeEnd.Refused("wrong token"));
    assertThat(source.fates).isEmpty();
  }

  @Test
  void aNewerProcessOfTheSameNameEndsThisOneWithItsChildren() throws Exception {
    FakeCoordinator coordinator = start("hangs", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    CompletableFuture<ProcessHandle> gone = child().onExit();
    coordinator.supersede();
    gone.get(120, TimeUnit.SECONDS);
    assertThat(agent.ended().get(120, TimeUnit.SECONDS)).isEqualTo(new NodeEnd.Superseded());
    agent.close();
    assertThat(coordinator.reports()).noneMatch(AttemptReport::endsAttempt);
  }

  @Test
  void aDrainThatComesWithAHeartbeatStopsTheTakingAndGivesBack() throws Exception {
    FakeCoordinator coordinator = start("stops-when-asked", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    coordinator.requestDrain();
    assertThat(agent.ended().get(120, TimeUnit.SECONDS)).isInstanceOf(NodeEnd.Drained.class);
    agent.close();
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isEqualTo(new AttemptReport.GivenBack(ErrorClass.DRAINED, 7));
  }

  @Test
  void aCommandActsAtOnceAndOneThatCannotBeReadIsDeadLettered() throws Exception {
    FakeCoordinator coordinator = start("hangs", LEASE_MILLIS);
    source.offer(QUEUE, message());
    coordinator.await(AttemptReport.Progressed.class::isInstance);
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).isEqualTo("acknowledged");
    QueueName commands = QueueName.commandsOf(new WorkerId("test-node"));
    source.offer(commands, "{\"type\": \"dance\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(source.fates.poll(120, TimeUnit.SECONDS)).startsWith("dead: ");
    source.offer(
        commands,
        ProtocolJson.write(
            new NodeCommand.Direct(NodeCommand.VERSION, ATTEMPT, HeartbeatReply.Action.CANCEL)));
    assertThat(coordinator.await(AttemptReport::endsAttempt))
        .isEqualTo(new AttemptReport.GivenBack(ErrorClass.CANCELLED, 1));
  }

  private ProcessHandle child() {
    return ProcessHandle.of(agent.running().get(0).child().processId()).orElseThrow();
  }

  private FakeCoordinator start(String name, long leaseMillis) {
    return start(
        name, leaseMillis, new SlotAdmission(List.of(JobKind.AUDIT), OnePlace::processors, 2));
  }

  private FakeCoordinator start(String name, long leaseMillis, Admission admission) {
    FakeCoordinator coordinator =
        new FakeCoordinator(
            TrainSpec.draft(name, "tiny", "/d", "/m").maxSteps(10).build(), leaseMillis);
    if (refuseJoins) {
      coordinator.refuseJoins();
    }
    NodeAgentConfig config =
        new NodeAgentConfig(
            new WorkerId("test-node"),
            SessionId.fresh(),
            Optional.empty(),
            "test",
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(2));
    agent =
        NodeAgent.start(
            config,
            admission,
            coordinator,
            source,
            launcher(),
            new HostMemory(),
            InstantSource.system(),
            System::nanoTime);
    return coordinator;
  }

  private ChildLauncher launcher() {
    return new ChildLauncher(
        new ChildLauncher.Settings(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            ScriptedChild.class.getName(),
            System.getProperty("java.class.path"),
            work,
            64,
            1));
  }

  private static byte[] message() {
    return ProtocolJson.write(JobMessage.of(ATTEMPT, Optional.empty()));
  }
}
