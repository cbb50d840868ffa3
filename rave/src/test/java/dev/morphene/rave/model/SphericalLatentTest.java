package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.LossGradients;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SphericalLatentTest {
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny+spherical", 44_100);

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Test
  void everyFrameHasLengthOneAndItsDirection() {
    try (TorchModule module = runtime.load(Latents.encoder(CONFIG).build(), true)) {
      TensorData raw = Latents.normal(2, 0, 1, 16, 20);
      float[] given = raw.floats();
      float[] found = module.run("sample", false, ScriptValue.of(raw)).asTensor().floats();
      for (int frame = 0; frame < 20; frame++) {
        double length = 0;
        double product = 0;
        double before = 0;
        for (int channel = 0; channel < 16; channel++) {
          double value = found[channel * 20 + frame];
          double old = given[channel * 20 + frame];
          length += value * value;
          product += value * old;
          before += old * old;
        }
        assertThat(length).isCloseTo(1, within(1e-6));
        assertThat(product).isCloseTo(Math.sqrt(before), within(1e-5));
      }
      assertThat(module.run("regulariser", false, ScriptValue.of(raw)).asDouble()).isZero();
      assertThat(module.run("deviation", false, ScriptValue.of(raw)).asTensor().floats())
          .containsOnly(0f);
      assertThat(module.run("complete", false, ScriptValue.of(raw)).asTensor()).isEqualTo(raw);
    }
  }

  @Test
  void silenceGivesNumbersAndSoDoItsGradients() {
    try (TorchModule module =
        runtime.load(
            Latents.encoder(CONFIG)
                .child("pqmf", RaveNetwork.pqmf(Form.TRAINING, 1, NetworkStyle.Padding.CENTERED))
                .methods(
                    """
                    def of_silence(self, samples: int) -> Tuple[float, float]:
                      audio = torch.zeros([1, 1, samples], dtype=6)
                      latent = self.encoder.sample(self.encoder.forward(self.pqmf.forward(audio)))[0]
                      loss = torch.sum(torch.square(latent - 1.))
                      worst = 0.
                      for gradient in torch.grad([loss], self.parameter_list()):
                        worst = max(worst, float(torch.max(torch.abs(torch._unwrap_optional(gradient)))))
                      return (float(loss), worst)
                    """)
                .build(),
            true)) {
      var result = module.run("of_silence", true, ScriptValue.of(8_192L)).asList();
      assertThat(result.get(0).asDouble()).isEqualTo(16 * 16);
      assertThat(result.get(1).asDouble()).isFinite();
    }
  }

  @Test
  void theGradientIsThatOfTheScaling() {
    LossGradients.check(
        runtime,
        Latents.encoder(CONFIG)
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  latent = self.encoder.sample(x)[0]
                  return torch.sum(torch.exp(latent))
                """),
        Latents.normal(4, 0, 2, 16, 6));
  }
}
