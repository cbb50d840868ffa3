package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.process.PreprocessRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingPlanTest {
  @TempDir Path folder;
  private Path scratch;

  @BeforeEach
  void makeScratch() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
  }

  @Test
  void thePathSaysWhatTheRecordingsAreElseTheFirstIsMusical() throws IOException {
    Path fire = recordings("pyroviolin/nonmusical/processed", "fire.wav");
    Path violin = recordings("pyroviolin/musical/processed", "violin.wav");
    Path one = recordings("one", "a.wav");
    Path two = recordings("two", "b.wav");
    assertThat(types(fire, violin)).containsExactly("nonmusical", "musical");
    assertThat(types(one, two)).containsExactly("musical", "nonmusical");
    assertThat(types(one, violin)).containsExactly("musical", "musical");
  }

  @Test
  void aProcessedFolderWithOwnFilesIsReadAndNotWritten() throws IOException {
    recordings("musical/raw", "violin.wav");
    Path processed = recordings("musical/processed", "mine.wav");
    assertThat(plan(processed).inputs())
        .singleElement()
        .satisfies(
            input -> {
              assertThat(input.rawFolder()).isEqualTo(processed);
              assertThat(input.processedFolder().getParent()).isEqualTo(scratch);
            });
  }

  @Test
  void anEmptyProcessedFolderIsFilledFromTheRawOneBesideIt() throws IOException {
    Path raw = recordings("musical/raw", "violin.wav");
    Path processed = Files.createDirectory(raw.resolveSibling("processed"));
    assertThat(plan(processed).inputs())
        .containsExactly(new PreprocessRequest.Input("musical", raw, processed));
  }

  @Test
  void filesAreLinkedTogetherByTypeAndToldByTheirOwnPath() throws IOException {
    Path first = recordings("musical/raw", "a.wav").resolve("a.wav");
    Path second = recordings("elsewhere/musical", "a.wav").resolve("a.wav");
    RecordingPlan plan = plan(first, second);
    PreprocessRequest.Input input = plan.inputs().get(0);
    assertThat(plan.inputs()).hasSize(1);
    assertThat(input.rawFolder().resolve("a.wav")).isSymbolicLink().hasContent("a.wav");
    assertThat(input.rawFolder().resolve("2-a.wav")).isSymbolicLink();
    assertThat(plan.told("Left out: " + input.rawFolder().resolve("2-a.wav") + " is empty."))
        .isEqualTo("Left out: " + second + " is empty.");
  }

  @Test
  void whatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> RecordingPlan.requireAll(List.of(folder, missing)))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.NOT_FOUND))
        .hasMessageContaining(missing.toString());
  }

  private List<String> types(Path... paths) {
    return plan(paths).inputs().stream().map(PreprocessRequest.Input::sourceType).toList();
  }

  private RecordingPlan plan(Path... paths) {
    return RecordingPlan.of(List.of(paths), scratch);
  }

  private Path recordings(String name, String file) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    Files.writeString(made.resolve(file), file);
    return made;
  }
}
