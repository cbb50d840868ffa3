package dev.morphene.rave.official;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The installed command {@code rave}. It does not tell its version, so it is known by its flags:
 * five of those that {@code rave train} takes came with 2.3.
 *
 * @param path of the executable file
 */
record OfficialProgram(Path path) {
  /** Environment variable with the program's path, for one that is not on PATH. */
  static final String COMMAND_VARIABLE = "MORPHENE_RAVE_COMMAND";

  private static final String INSTALL =
      "install RAVE 2.3.1 (the Python package acids-rave, under Python 3.9 to 3.11) or name the"
          + " program by "
          + COMMAND_VARIABLE;
  private static final List<String> FLAGS_SINCE_23 =
      List.of("out_path", "save_every", "channels", "augment", "smoke_test");
  private static final int HELP_LINES_AT_MOST = 20_000;
  private static final Duration LINE_PATIENCE = Duration.ofMillis(200);

  /**
   * Finds the program.
   *
   * @throws JobFailure BAD_INPUT when there is none
   */
  static OfficialProgram find(Map<String, String> environment) {
    String named = environment.get(COMMAND_VARIABLE);
    if (named != null && !named.isBlank()) {
      Path path = Path.of(named);
      if (!Files.isExecutable(path) || Files.isDirectory(path)) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            COMMAND_VARIABLE
                + " names "
                + named
                + ", which is no program that can be run; give the path of rave 2.3.");
      }
      return new OfficialProgram(path.toAbsolutePath());
    }
    String searched = environment.getOrDefault("PATH", "");
    return Stream.of(searched.split(Pattern.quote(File.pathSeparator)))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "rave"))
        .filter(path -> Files.isExecutable(path) && !Files.isDirectory(path))
        .findFirst()
        .map(path -> new OfficialProgram(path.toAbsolutePath()))
        .orElseThrow(
            () ->
                new JobFailure(
                    FailureClass.BAD_INPUT,
                    "The official trainer is not here: there is no rave on PATH; "
                        + INSTALL
                        + "."));
  }

  /**
   * Asks the program for its flags.
   *
   * @param patience for an answer, which takes as long as Python needs to load PyTorch
   * @param look run again and again while waiting; may throw
   * @throws JobFailure BAD_INPUT when it is of another version, CRASH when it does not answer
   */
  void checkVersion(
      Map<String, String> environment, Duration patience, LongSupplier nanoTicker, Runnable look)
      throws InterruptedException {
    List<String> help = help(environment, patience, nanoTicker, look);
    Optional<String> missing =
        FLAGS_SINCE_23.stream().filter(flag -> !knows(help, flag)).findFirst();
    if (missing.isEmpty()) {
      return;
    }
    Optional<JobFailure> known = OfficialEndTable.ofOutput(help);
    if (known.isPresent()) {
      throw known.get();
    }
    throw new JobFailure(
        FailureClass.BAD_INPUT,
        path
            + " is not RAVE 2.3: its train command does not know --"
            + missing.get()
            + "; "
            + INSTALL
            + ".",
        help.subList(0, Math.min(JobFailure.MAX_EVIDENCE_LINES, help.size())));
  }

  private static boolean knows(List<String> help, String flag) {
    Pattern shown = Pattern.compile("--(\\[no\\])?" + flag + "\\b");
    return help.stream().anyMatch(line -> shown.matcher(line).find());
  }

  private List<String> help(
      Map<String, String> environment, Duration patience, LongSupplier nanoTicker, Runnable look)
      throws InterruptedException {
    Path anywhere = Path.of(System.getProperty("java.io.tmpdir"));
    List<String> lines = new ArrayList<>();
    long begin = nanoTicker.getAsLong();
    try (TrainerProcess process =
        TrainerProcess.start(with(List.of("train", "--helpfull")), environment, anywhere)) {
      while (!process.hasEnded()) {
        process.nextLine(LINE_PATIENCE).ifPresent(lines::add);
        look.run();
        if (lines.size() > HELP_LINES_AT_MOST
            || nanoTicker.getAsLong() - begin > patience.toNanos()) {
          throw new JobFailure(
              FailureClass.CRASH,
              path
                  + " did not list its flags within "
                  + patience.toSeconds()
                  + " s; run \""
                  + path
                  + " train --helpfull\" by hand and mend what it waits for.",
              lines.stream().limit(JobFailure.MAX_EVIDENCE_LINES).toList());
        }
      }
      return lines;
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          path
              + " cannot be run: "
              + e.getMessage()
              + "; mend it, and install setsid (util-linux) if that is missing.",
          e);
    }
  }

  /** The program and its arguments. */
  List<String> with(List<String> arguments) {
    return Stream.concat(Stream.of(path.toString()), arguments.stream()).toList();
  }
}
