package dev.morphene.rave.collection;

import dev.morphene.rave.audio.LoudnessTarget;
import dev.morphene.rave.audio.SoundProfile;
import dev.morphene.rave.audio.UnusableAudioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Measures every file of some sources and names what differs from the guide: mono, 48 kHz, -14
 * LUFS, no clipping, no long silence, nothing twice, lengths as claimed. Files are only read. For
 * one thread and one check.
 */
public final class CollectionCheck {
  private static final int SAMPLING_RATE_HZ = 48_000;

  /** The parts of one recording share a gain, so one of them may be louder than the whole. */
  private static final double LOUDNESS_TOLERANCE = 2;

  private static final double SILENCE_ALLOWED = 0.1;

  private final Consumer<Path> beforeEachFile;
  private final List<CheckedFile> checked = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Path, CheckedFile> byRealPath = new HashMap<>();
  private final Map<String, CheckedFile> byContent = new HashMap<>();

  private CollectionCheck(Consumer<Path> beforeEachFile) {
    this.beforeEachFile = beforeEachFile;
  }

  /**
   * @param beforeEachFile is told which file is read next
   * @throws IOException if a disk fails; a file that is missing or no sound is a problem found
   */
  public static CollectionReport of(List<RecordedSource> sources, Consumer<Path> beforeEachFile)
      throws IOException {
    CollectionCheck check = new CollectionCheck(beforeEachFile);
    for (RecordedSource source : sources) {
      check.check(source);
    }
    return new CollectionReport(check.checked, check.problems);
  }

  private void check(RecordedSource source) throws IOException {
    double seconds = 0;
    boolean allMeasured = !source.files().isEmpty();
    for (Path file : source.files()) {
      CheckedFile result = check(source.id(), file);
      checked.add(result);
      allMeasured &= result.profile().isPresent();
      seconds += result.profile().map(SoundProfile::seconds).orElse(0.0);
    }
    if (allMeasured
        && source.claimedSeconds().isPresent()
        && RecordedSource.isOff(source.claimedSeconds().getAsDouble(), seconds)) {
      problems.add(
          new Problem(
              source.id(),
              Optional.empty(),
              ProblemKind.DURATION,
              text(
                  "is recorded with %.1f s, but its files hold %.1f s",
                  source.claimedSeconds().getAsDouble(), seconds)));
    }
  }

  private CheckedFile check(OptionalLong source, Path file) throws IOException {
    Optional<Path> concerned = Optional.of(file);
    if (!Files.exists(file)) {
      problems.add(new Problem(source, concerned, ProblemKind.MISSING, "is not there"));
      return new CheckedFile(source, file, Optional.empty());
    }
    if (Files.isDirectory(file)) {
      problems.add(
          new Problem(
              source, concerned, ProblemKind.UNUSABLE, "is a folder; a source names its files"));
      return new CheckedFile(source, file, Optional.empty());
    }
    CheckedFile before = byRealPath.get(file.toRealPath());
    if (before != null) {
      problems.add(
          new Problem(
              source, concerned, ProblemKind.DUPLICATE, "is the same file as " + before.label()));
      return new CheckedFile(source, file, before.profile());
    }
    beforeEachFile.accept(file);
    CheckedFile result;
    try {
      SoundProfile profile = SoundProfile.of(file);
      result = new CheckedFile(source, file, Optional.of(profile));
      judge(result, profile);
    } catch (UnusableAudioException unusable) {
      problems.add(new Problem(source, concerned, ProblemKind.UNUSABLE, unusable.getMessage()));
      result = new CheckedFile(source, file, Optional.empty());
    }
    byRealPath.put(file.toRealPath(), result);
    return result;
  }

  private void judge(CheckedFile file, SoundProfile profile) {
    int channels = profile.header().channels();
    if (channels != 1) {
      found(
          file,
          ProblemKind.CHANNELS,
          channels == 2 ? "is stereo, not mono" : "has " + channels + " channels, not one");
    }
    if (profile.header().samplingRateHz() != SAMPLING_RATE_HZ) {
      found(
          file,
          ProblemKind.SAMPLING_RATE,
          "has " + profile.header().samplingRateHz() + " Hz, not " + SAMPLING_RATE_HZ);
    }
    judgeLevel(file, profile);
    if (profile.clippedRuns() > 0) {
      found(
          file,
          ProblemKind.CLIPPING,
          text(
              "is clipped at %,d %s, first at %.2f s",
              profile.clippedRuns(),
              profile.clippedRuns() == 1 ? "place" : "places",
              profile.firstClipSeconds().orElse(0)));
    }
    CheckedFile twin = byContent.putIfAbsent(profile.contentSha256(), file);
    if (twin != null) {
      found(file, ProblemKind.DUPLICATE, "holds the same sound as " + twin.label());
    }
  }

  private void judgeLevel(CheckedFile file, SoundProfile profile) {
    if (!profile.loudness().audible()) {
      found(file, ProblemKind.UNUSABLE, "is silent (below -70 LUFS)");
      return;
    }
    double lufs = profile.loudness().integratedLufs();
    double wanted = LoudnessTarget.GUIDE.integratedLufs();
    if (Math.abs(lufs - wanted) > LOUDNESS_TOLERANCE) {
      found(
          file,
          ProblemKind.LOUDNESS,
          text("has %.1f LUFS, %.1f from the wanted %.0f", lufs, Math.abs(lufs - wanted), wanted));
    }
    if (profile.silenceShare() > SILENCE_ALLOWED) {
      found(
          file,
          ProblemKind.SILENCE,
          text(
              "is silent at its ends or in long gaps for %.0f %% of its length",
              100 * profile.silenceShare()));
    }
  }

  private void found(CheckedFile file, ProblemKind kind, String finding) {
    problems.add(new Problem(file.source(), Optional.of(file.file()), kind, finding));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
