package dev.morphene.rave.audit;

import dev.morphene.rave.audit.AuditReport.Criterion;
import dev.morphene.rave.audit.AuditReport.Morph;
import dev.morphene.rave.audit.AuditReport.Reconstruction;
import dev.morphene.rave.audit.AuditReport.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The guide's four questions, answered from the measures. The limits are wide: they catch what is
 * broken, and leave taste to the ear. Listening stays the last word on everything that passes.
 */
final class AuditCriteria {
  /** One step of four may be this share of the way; 0.25 is even. */
  static final double LARGEST_STEP_SHARE = 0.7;

  /** Kendall's tau of five points: 0.8 allows one neighbouring pair in the wrong order. */
  static final double LEAST_MONOTONY = 0.8;

  /** Closer ends than this sound alike: there is nothing to morph. */
  static final double LEAST_SPAN_DECIBELS = 2;

  static final double MOST_CLIPPED_SHARE = 0.001;
  static final double MOST_DC_OFFSET = 0.02;

  /** Quieter than the quieter reference, and louder than the louder one, by at most this. */
  static final double QUIETER_LU = 12;

  static final double LOUDER_LU = 9;
  static final double MORE_SILENT_SHARE = 0.25;

  /** A reconstruction is this much nearer to its own reference than to the other one. */
  static final double OWN_TIMBRE_SHARE = 0.7;

  static final double MOST_LOG_MEL_DECIBELS = 15;

  private AuditCriteria() {}

  static List<Criterion> judge(
      List<Reference> references,
      List<Reconstruction> reconstructions,
      List<Morph> morphs,
      MorphPath path) {
    return List.of(
        smooth(path),
        free(reconstructions, morphs),
        usable(references, morphs),
        recognisable(reconstructions));
  }

  private static Criterion criterion(String name, List<String> faults, String met) {
    return new Criterion(name, faults.isEmpty(), faults.isEmpty() ? List.of(met) : faults);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static Criterion smooth(MorphPath path) {
    List<String> faults = new ArrayList<>();
    if (!(path.spanDecibels() >= LEAST_SPAN_DECIBELS)) {
      faults.add(text("the two ends are only %.1f dB apart: nothing changes", path.spanDecibels()));
    }
    if (!(path.monotony() >= LEAST_MONOTONY)) {
      faults.add(text("morphs go back and forth (order %.2f of 1)", path.monotony()));
    }
    if (!(path.largestStepShare() <= LARGEST_STEP_SHARE)) {
      faults.add(text("one step is %.0f %% of the whole change", 100 * path.largestStepShare()));
    }
    return criterion(
        "transitions between morph points are smooth",
        faults,
        text(
            "order %.2f, evenness %.2f, largest step %.0f %%",
            path.monotony(), path.evenness(), 100 * path.largestStepShare()));
  }

  private static Criterion free(List<Reconstruction> reconstructions, List<Morph> morphs) {
    List<String> faults = new ArrayList<>();
    reconstructions.forEach(one -> addArtefacts(faults, one.file(), one.health()));
    morphs.forEach(one -> addArtefacts(faults, one.file(), one.health()));
    return criterion(
        "no catastrophic artefacts", faults, "no clipping, offset, dead or invalid output");
  }

  private static void addArtefacts(List<String> faults, String file, SoundHealth health) {
    if (health.notNumbers() > 0) {
      faults.add(text("%s: %d samples are no numbers", file, health.notNumbers()));
    }
    if (health.clippedShare() > MOST_CLIPPED_SHARE) {
      faults.add(text("%s: %.1f %% of the samples clip", file, 100 * health.clippedShare()));
    }
    if (Math.abs(health.dcOffset()) > MOST_DC_OFFSET) {
      faults.add(text("%s: an offset of %.3f", file, health.dcOffset()));
    }
    if (health.constant()) {
      faults.add(text("%s: the output does not move", file));
    } else if (health.dead()) {
      faults.add(text("%s: nothing to hear", file));
    }
  }

  private static Criterion usable(List<Reference> references, List<Morph> morphs) {
    double quietest = least(references, reference -> reference.health().loudnessLufs());
    double loudest = -least(references, reference -> -reference.health().loudnessLufs());
    double mostSilent = -least(references, reference -> -reference.health().silentShare());
    List<String> faults = new ArrayList<>();
    for (Morph morph : morphs) {
      SoundHealth health = morph.health();
      if (health.loudnessLufs() < quietest - QUIETER_LU) {
        faults.add(text("%s: too quiet, %.1f LUFS", morph.file(), health.loudnessLufs()));
      }
      if (health.loudnessLufs() > loudest + LOUDER_LU) {
        faults.add(text("%s: too loud, %.1f LUFS", morph.file(), health.loudnessLufs()));
      }
      if (health.silentShare() > mostSilent + MORE_SILENT_SHARE) {
        faults.add(text("%s: %.0f %% is silent", morph.file(), 100 * health.silentShare()));
      }
    }
    return criterion(
        "musically usable across the range", faults, "every morph sounds, as loud as its sources");
  }

  private static double least(List<Reference> references, ToDoubleFunction<Reference> figure) {
    return references.stream().mapToDouble(figure).min().orElseThrow();
  }

  private static Criterion recognisable(List<Reconstruction> reconstructions) {
    List<String> faults = new ArrayList<>();
    List<String> met = new ArrayList<>();
    for (Reconstruction one : reconstructions) {
      if (!(one.ownTimbreDecibels() <= OWN_TIMBRE_SHARE * one.otherTimbreDecibels())) {
        faults.add(
            text(
                "%s: timbre %.1f dB from its own source, %.1f dB from the other",
                one.file(), one.ownTimbreDecibels(), one.otherTimbreDecibels()));
      }
      if (!(one.logMelDecibels() <= MOST_LOG_MEL_DECIBELS)) {
        faults.add(text("%s: %.1f dB from its source", one.file(), one.logMelDecibels()));
      }
      met.add(text("%s %.1f dB", one.kind(), one.logMelDecibels()));
    }
    return criterion(
        "both sources recognisable", faults, "distance to the source: " + String.join(", ", met));
  }
}
