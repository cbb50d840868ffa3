package dev.morphene.agent.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node gives a job of the official trainer reaches the program, through the child JVM. */
class OfficialTrainerChildTest {
  @TempDir Path folder;

  @Test
  @Timeout(300)
  void theProgramSeesTheGpuOfItsPlaceAndNotTheLease() throws Exception {
    Path dataset = folder.resolve("dataset");
    try (DatasetWriter writer = DatasetWriter.create(dataset, 1, 48_000, 64)) {
      for (int i = 0; i < 4; i++) {
        writer.append(new float[64]);
      }
      writer.finish();
    }
    Path program = folder.resolve("rave");
    Files.writeString(program, "#!/bin/sh\nenv >\"$0.environment\"\necho an older version\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    ChildRequest request =
        SpecTranslation.translate(
            spec(dataset), ProtocolJson.mapper().createObjectNode(), "cuda:0", 3);
    assertThat(((TrainRequest) request.body()).trainer()).contains(TrainerKind.RAVE);

    List<ProcessLine> lines = new ArrayList<>();
    ChildEnd end =
        new ChildLauncher(ChildLauncher.Settings.likeThisJvm(folder, 3))
            .launch(
                new AttemptId(new JobId(1), new AttemptNumber(1)),
                request,
                Map.of(
                    "CUDA_VISIBLE_DEVICES",
                    "GPU-5d2c",
                    "MORPHENE_RAVE_COMMAND",
                    program.toString()),
                System.nanoTime() + TimeUnit.MINUTES.toNanos(5))
            .follow(lines::add);

    assertThat(lines)
        .first()
        .isInstanceOfSatisfying(
            ProcessLine.Hello.class,
            hello -> {
              assertThat(hello.device()).isEqualTo("cuda:0");
              assertThat(hello.recipe()).containsEntry("trainer", Trainer.RAVE.version());
            });
    assertThat(end.lastLine())
        .hasValueSatisfying(
            line -> assertThat(((ProcessLine.Failed) line).message()).contains("is not RAVE 2.3"));
    assertThat(Files.readAllLines(Path.of(program + ".environment")))
        .contains(
            "CUDA_VISIBLE_DEVICES=GPU-5d2c",
            "OMP_NUM_THREADS=3",
            "MALLOC_TRIM_THRESHOLD_=4000000000",
            "MALLOC_ARENA_MAX=1",
            "PYTHONUNBUFFERED=1")
        .noneMatch(line -> line.startsWith("MORPHENE_"));
  }

  private TrainSpec spec(Path dataset) {
    return TrainSpec.draft(
            "pyroviolin", "discrete", dataset.toString(), folder.resolve("run").toString())
        .maxSteps(10)
        .batch(1)
        .trainer(Trainer.RAVE)
        .build();
  }
}
