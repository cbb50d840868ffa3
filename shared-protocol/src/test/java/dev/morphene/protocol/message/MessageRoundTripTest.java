package dev.morphene.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.spec.AuditSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageRoundTripTest {
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(7), new AttemptNumber(2));
  private static final WorkerId WORKER = new WorkerId("node-1");
  private static final GpuUuid CPU = new GpuUuid("CPU");

  static Stream<Object> messages() {
    return Stream.of(
        JobMessage.of(ATTEMPT),
        new ClaimRequest(1, ATTEMPT, WORKER, CPU),
        new ClaimReply.Granted(
            ATTEMPT,
            new AuditSpec("/c", 5, "/m", "/n", "/o", OptionalDouble.of(30)),
            ProtocolJson.mapper().createObjectNode(),
            20_000),
        new ClaimReply.Refused(ATTEMPT, "cancelled"),
        new Heartbeat(
            1,
            WORKER,
            "host",
            List.of(JobKind.TRAIN),
            List.of(new Heartbeat.Device(CPU, "two cores", ByteSize.ofGb(8), Optional.empty())),
            List.of(ATTEMPT)),
        new HeartbeatReply(
            1,
            20_000,
            List.of(new HeartbeatReply.Directive(ATTEMPT, HeartbeatReply.Action.CANCEL))),
        event(new AttemptReport.Started(9, "cpu", Map.of("config", "tiny"))),
        event(
            new AttemptReport.Progressed(
                "representation",
                1,
                2,
                OptionalDouble.of(0.5),
                OptionalLong.empty(),
                new ByteSize(5),
                Map.of("loss", 1.0))),
        event(new AttemptReport.Validated(1, 1, 0.25, Map.of())),
        event(new AttemptReport.CheckpointStored(1, 1, "/c", "ab", new ByteSize(3))),
        event(new AttemptReport.Warned("left out")),
        event(
            new AttemptReport.Completed(
                ProtocolJson.mapper().createObjectNode().put("x", 1), new ByteSize(3))),
        event(
            new AttemptReport.Failed(
                ErrorClass.STORAGE, "full", List.of("line"), "free some", new ByteSize(0))),
        event(new AttemptReport.GivenBack(ErrorClass.DRAINED, 4)),
        new TelemetryBatch(
            1,
            WORKER,
            List.of(
                new TelemetryBatch.MemorySample(
                    ATTEMPT, CPU, Instant.parse("2026-01-01T00:00:00Z"), new ByteSize(1)))));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isReadBackEqual(Object message) throws Exception {
    Class<?> type = message instanceof ClaimReply ? ClaimReply.class : message.getClass();
    assertThat((Object) ProtocolJson.read(ProtocolJson.write(message), type)).isEqualTo(message);
  }

  private static AttemptEvent event(AttemptReport report) {
    return new AttemptEvent(1, ATTEMPT, WORKER, 3, Instant.parse("2026-01-01T00:00:00Z"), report);
  }
}
