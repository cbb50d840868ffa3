package dev.morphene.rave.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessLineTest {
  static Stream<ProcessLine> lines() {
    return Stream.of(
        new ProcessLine.Hello(
            "train", 42, "cpu", OptionalLong.of(1 << 30), Map.of("config", "tiny")),
        new ProcessLine.Progress(
            "representation",
            3,
            10,
            OptionalDouble.empty(),
            OptionalLong.of(9),
            1,
            Map.of("loss", 0.5)),
        new ProcessLine.Validation(10, 1, 3.25, Map.of("fidelity_0.95", 8.0)),
        new ProcessLine.CheckpointWritten(10, 1, Path.of("/a/b.ckpt"), "00ff", 12),
        new ProcessLine.Warning("left out"),
        new ProcessLine.Done(ProcessJson.mapper().createObjectNode().put("steps", 10)),
        new ProcessLine.Failed(FailureClass.STORAGE, "The disk is full.", List.of("a", "b")),
        new ProcessLine.Stopped(7));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void everyLineIsReadBackEqualFromOneLineOfText(ProcessLine line) throws Exception {
    String text = ProcessJson.mapper().writeValueAsString(line);
    assertThat(text).doesNotContain("\n").contains("\"type\"");
    assertThat(ProcessJson.mapper().readValue(text, ProcessLine.class)).isEqualTo(line);
  }
}
