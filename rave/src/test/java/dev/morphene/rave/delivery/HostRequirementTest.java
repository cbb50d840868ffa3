package dev.morphene.rave.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TorchArchiveWriter;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.SmallConfigs;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.HostTorch;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRequirementTest {
  private static final HostTorch OLDEST = new HostTorch(1, 13);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1",
        "v2+causal",
        "v2_small",
        "v3",
        "discrete",
        "v2+wasserstein",
        "v2+spherical",
        "v2+noise"
      })
  void everyKindOfInstrumentIsForTheOldestHost(String preset) {
    RaveConfig config = SmallConfigs.narrow(preset, 4).withChannels(2);
    for (boolean streaming : new boolean[] {true, false}) {
      Path file = folder.resolve(streaming + ".ts");
      InstrumentExport.write(
          file,
          ModelWeights.initial(config, 1),
          new InstrumentOptions(
              streaming, 0.95, OptionalInt.of(2 * config.samplingRateHz()), OptionalInt.of(4)));
      assertThat(HostRequirement.of(file).minimum()).isEqualTo(OLDEST);
    }
  }

  @Test
  void anOperatorThatTheOldestHostWasNeverTriedWithAsksForOurs() {
    HostRequirement requirement =
        HostRequirement.of(module("  return torch.scaled_dot_product_attention(x, x, x)\n", 10));
    assertThat(requirement.minimum()).isEqualTo(new HostTorch(2, 7));
    assertThat(requirement.reason()).isEqualTo("it calls scaled_dot_product_attention");
    assertThatCode(() -> requirement.check(HostTorch.of("2.7.1"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> requirement.check(HostTorch.of("2.0")))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessage(
            "This instrument needs a host with libtorch 2.7 or later (it calls"
                + " scaled_dot_product_attention), not 2.0; use a newer nn~.");
  }

  @Test
  void soDoesALaterArchive() {
    assertThat(HostRequirement.of(module("  return x\n", 10)).minimum()).isEqualTo(OLDEST);
    HostRequirement later = HostRequirement.of(module("  return x\n", 11));
    assertThat(later.minimum()).isGreaterThan(OLDEST);
    assertThat(later.reason()).isEqualTo("its archive is of version 11");
  }

  @Test
  void anOlderHostThanAnyTriedIsRefused() {
    HostRequirement requirement = HostRequirement.of(module("  return x\n", 10));
    assertThatCode(() -> requirement.check(HostTorch.of("1.13"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> requirement.check(HostTorch.of("1.9")))
        .hasMessageContaining("libtorch 1.13 or later (no older one was tried), not 1.9");
  }

  @Test
  void aFileThatIsNoneIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.ts"), "not an archive");
    assertThatThrownBy(() -> HostRequirement.of(text))
        .isInstanceOf(JobFailure.class)
        .hasMessageStartingWith(text + " is no TorchScript file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "two", "2.x", "-1.0", "2.5.1.1"})
  void whatIsNoReleaseIsRefused(String word) {
    assertThatThrownBy(() -> HostTorch.of(word))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not \"" + word + "\"");
  }

  @Test
  void aLibtorchOfThatAgeHasEveryOperator() throws Exception {
    Process python =
        new ProcessBuilder(
                "/usr/bin/python3",
                "-c",
                "import torch\nprint(torch.__version__)\n"
                    + "for s in torch._C._jit_get_all_schemas(): print(s.name)")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output =
        new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean there = python.waitFor() == 0 && output.startsWith("1.13");
    if (!there) {
      System.out.println("SKIPPED: /usr/bin/python3 has no torch 1.13; install python3-torch.");
    }
    Assumptions.assumeTrue(there, "no libtorch 1.13");
    Set<String> known =
        output
            .lines()
            .filter(line -> line.startsWith("aten::"))
            .map(line -> line.substring("aten::".length()))
            .collect(Collectors.toSet());
    assertThat(known).containsAll(HostRequirement.OPERATORS);
  }

  private Path module(String body, int version) {
    Path file = folder.resolve("module-" + version + ".ts");
    TorchArchiveWriter.write(
        file,
        ScriptModule.builder("__torch__.test.Module")
            .methods("def forward(self, x: Tensor) -> Tensor:\n" + body)
            .build(),
        version,
        Map.of());
    return file;
  }
}
