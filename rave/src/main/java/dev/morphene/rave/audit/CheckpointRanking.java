package dev.morphene.rave.audit;

import dev.morphene.rave.audit.AuditReport.Criterion;
import dev.morphene.rave.audit.AuditReport.Reconstruction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Puts audited checkpoints in order. One that meets the guide's criteria goes before one that does
 * not, then the higher score, then the later step. The score is 0 to 1:
 *
 * <ul>
 *   <li>0.3 for each reconstruction: half {@code exp(-spectralDistance)}, half {@code
 *       exp(-logMelDecibels / 10)}, the whole times {@code exp(-|loudness difference in LU| / 20)}:
 *       no term ever saturates, so of two poor reconstructions the better one still wins;
 *   <li>0.3 for the morph path: monotony, evenness and straightness alike;
 *   <li>0.1 for health: the share of the seven files without a fault.
 * </ul>
 *
 * <p>Reconstruction weighs most because an instrument that does not give its sources back has
 * nothing to morph between.
 */
public final class CheckpointRanking {
  static final double RECONSTRUCTION_WEIGHT = 0.3;
  static final double PATH_WEIGHT = 0.3;
  static final double HEALTH_WEIGHT = 0.1;

  private CheckpointRanking() {}

  /** A checkpoint and its audit. */
  public record Audited(long step, Path checkpoint, Path auditFolder, AuditReport report) {}

  /**
   * @param rank 1 is the best
   * @param score 0 to 1
   * @param reasons what the score is made of, and which criteria are not met
   */
  public record Ranked(
      int rank, Audited audited, double score, boolean passed, List<String> reasons) {}

  /** All of {@code audited}, the best first. */
  public static List<Ranked> rank(List<Audited> audited) {
    List<Ranked> scored =
        audited.stream()
            .map(CheckpointRanking::score)
            .sorted(
                Comparator.comparing(Ranked::passed)
                    .thenComparingDouble(Ranked::score)
                    .thenComparingLong(ranked -> ranked.audited().step())
                    .reversed())
            .toList();
    List<Ranked> ranked = new ArrayList<>();
    for (Ranked one : scored) {
      ranked.add(
          new Ranked(ranked.size() + 1, one.audited(), one.score(), one.passed(), one.reasons()));
    }
    return ranked;
  }

  private static Ranked score(Audited audited) {
    AuditReport report = audited.report();
    List<String> reasons = new ArrayList<>();
    double score = 0;
    for (Reconstruction one : report.reconstructions()) {
      double quality = quality(one);
      score += RECONSTRUCTION_WEIGHT * quality;
      reasons.add(
          text(
              "%s reconstruction %.2f (%.1f dB from its source)",
              one.kind(), quality, one.logMelDecibels()));
    }
    MorphPath path = report.path();
    double way =
        (Math.max(0, path.monotony()) + Math.max(0, path.evenness()) + path.straightness()) / 3;
    score += PATH_WEIGHT * way;
    reasons.add(
        text(
            "morph path %.2f (order %.2f, evenness %.2f, straightness %.2f)",
            way, path.monotony(), path.evenness(), path.straightness()));
    double healthy = healthyShare(report);
    score += HEALTH_WEIGHT * healthy;
    reasons.add(text("%.0f %% of the files without a fault", 100 * healthy));
    for (Criterion criterion : report.criteria()) {
      if (!criterion.passed()) {
        reasons.add(
            "not met: " + criterion.name() + " (" + String.join("; ", criterion.reasons()) + ")");
      }
    }
    return new Ranked(0, audited, score, report.passed(), reasons);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static double quality(Reconstruction one) {
    double likeness =
        (Math.exp(-one.spectralDistance()) + Math.exp(-one.logMelDecibels() / 10)) / 2;
    return likeness * Math.exp(-Math.abs(one.loudnessDifferenceLu()) / 20);
  }

  private static double healthyShare(AuditReport report) {
    long healthy =
        report.reconstructions().stream().filter(one -> isHealthy(one.health())).count()
            + report.morphs().stream().filter(one -> isHealthy(one.health())).count();
    return (double) healthy / (report.reconstructions().size() + report.morphs().size());
  }

  private static boolean isHealthy(SoundHealth health) {
    return health.notNumbers() == 0
        && health.clippedShare() <= AuditCriteria.MOST_CLIPPED_SHARE
        && Math.abs(health.dcOffset()) <= AuditCriteria.MOST_DC_OFFSET
        && !health.dead();
  }
}
