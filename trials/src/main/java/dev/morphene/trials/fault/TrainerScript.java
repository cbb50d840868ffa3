package dev.morphene.trials.fault;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scripted trainer does, written into the output path of its job: the only part of a spec
 * that reaches the trainer unchanged whatever the kind of job.
 *
 * @param millis how long the work takes
 * @param failures how many attempts fail on purpose before one succeeds
 * @param deaf whether it ignores stop commands and the end of its input, like native code that
 *     hangs
 */
record TrainerScript(long millis, int failures, boolean deaf) {
  private static final Pattern PATH =
      Pattern.compile("/trial/millis-(\\d+)/failures-(\\d+)/(deaf|polite)");

  String path() {
    return "/trial/millis-" + millis + "/failures-" + failures + "/" + (deaf ? "deaf" : "polite");
  }

  /** Finds the script in a request file. */
  static TrainerScript in(String request) {
    Matcher matcher = PATH.matcher(request);
    if (!matcher.find()) {
      throw new IllegalArgumentException("This request has no script: " + request);
    }
    return new TrainerScript(
        Long.parseLong(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        matcher.group(3).equals("deaf"));
  }
}
