package dev.morphene.rave.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.audit.AuditReport.Criterion;
import dev.morphene.rave.audit.AuditReport.Morph;
import dev.morphene.rave.audit.AuditReport.Reconstruction;
import dev.morphene.rave.audit.CheckpointRanking.Audited;
import dev.morphene.rave.audit.CheckpointRanking.Ranked;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointRankingTest {
  private static final SoundHealth GOOD = new SoundHealth(0, 0, 0, 0, false, -20, -3);
  private static final SoundHealth BROKEN = new SoundHealth(9, 0, 0, 0, false, -20, -3);

  private static Audited audited(
      long step, double logMelDecibels, double evenness, SoundHealth morph, boolean passed) {
    List<Reconstruction> reconstructions =
        List.of(
            new Reconstruction("musical", "a.wav", GOOD, 0.5, logMelDecibels, 0, 1, 9),
            new Reconstruction("nonmusical", "b.wav", GOOD, 0.5, logMelDecibels, 0, 1, 9));
    AuditReport report =
        new AuditReport(
            1,
            "x.ckpt",
            "00",
            48_000,
            2_048,
            16,
            0,
            30,
            List.of(),
            reconstructions,
            List.of(new Morph(0.5, "morph_50.wav", morph)),
            new MorphPath(List.of(1.0, 1.0), 2, List.of(0.0, 0.5, 1.0), 1, evenness, 1),
            List.of(new Criterion("no catastrophic artefacts", passed, List.of("because"))),
            passed,
            false);
    return new Audited(step, Path.of("x.ckpt"), Path.of("audit"), report);
  }

  private static List<Long> order(Audited... audited) {
    return CheckpointRanking.rank(List.of(audited)).stream()
        .map(ranked -> ranked.audited().step())
        .toList();
  }

  @Test
  void aPerfectAuditScoresWhatItsPartsSay() {
    Ranked ranked = CheckpointRanking.rank(List.of(audited(1, 0, 1, GOOD, true))).get(0);
    double expected = 0.6 * (Math.exp(-0.5) + 1) / 2 + 0.3 + 0.1;
    assertThat(ranked.score()).isEqualTo(expected, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(ranked.rank()).isEqualTo(1);
  }

  @Test
  void nearerToTheSourceIsBetter() {
    assertThat(order(audited(1, 8, 1, GOOD, true), audited(2, 4, 1, GOOD, true)))
        .containsExactly(2L, 1L);
  }

  @Test
  void anEvenPathIsBetter() {
    assertThat(order(audited(1, 5, 0.9, GOOD, true), audited(2, 5, 0.3, GOOD, true)))
        .containsExactly(1L, 2L);
  }

  @Test
  void whatPassesGoesBeforeWhatScoresHigher() {
    List<Ranked> ranked =
        CheckpointRanking.rank(
            List.of(audited(1, 2, 1, BROKEN, false), audited(2, 12, 0.2, GOOD, true)));
    assertThat(ranked.get(0).audited().step()).isEqualTo(2);
    assertThat(ranked.get(1).score()).isGreaterThan(ranked.get(0).score());
    assertThat(ranked.get(1).reasons())
        .contains(
            "not met: no catastrophic artefacts (because)", "67 % of the files without a fault");
  }

  @Test
  void amongEqualsTheLaterStepIsTaken() {
    assertThat(order(audited(100, 5, 1, GOOD, true), audited(200, 5, 1, GOOD, true)))
        .containsExactly(200L, 100L);
  }
}
