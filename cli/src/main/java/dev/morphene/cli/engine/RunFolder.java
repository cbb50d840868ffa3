package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.CheckpointRanking.Audited;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.checkpoint.OfficialFiles;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a training run, in the guide's layout or the official trainer's. */
record RunFolder(Path path) {
  private static final String CHECKPOINTS = "checkpoints";

  /** What the official trainer puts behind a run's name, and its folder of one start. */
  private static final Pattern HASH = Pattern.compile("_[0-9a-f]{10}$");

  private static final Pattern START = Pattern.compile("version_\\d+");

  /**
   * @throws CommandFailure if there is no such folder
   */
  static RunFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          Files.exists(path)
              ? path + " is a file; name the run folder that holds " + CHECKPOINTS + "/."
              : "There is no run folder " + path + "; name the --out_path of a training.");
    }
    return new RunFolder(path.toAbsolutePath().normalize());
  }

  /** The run that a checkpoint file lies in. */
  static RunFolder of(Path checkpoint) {
    Path folder = checkpoint.toAbsolutePath().normalize().getParent();
    if (folder.endsWith(CHECKPOINTS)) {
      folder = folder.getParent();
    }
    boolean start = START.matcher(String.valueOf(folder.getFileName())).matches();
    return new RunFolder(start ? folder.getParent() : folder);
  }

  /** The folder's own name, which is the instrument's in the guide's tree. */
  String name() {
    String name = Optional.ofNullable(path.getFileName()).map(Path::toString).orElse("model");
    if (START.matcher(name).matches() && path.getParent() != null) {
      return new RunFolder(path.getParent()).name();
    }
    boolean official = Files.isRegularFile(path.resolve("config.gin"));
    return official ? HASH.matcher(name).replaceFirst("") : name;
  }

  Path audits() {
    return path.resolve("audit");
  }

  Path delivery() {
    return path.resolve("final");
  }

  /**
   * Complete checkpoints, oldest first.
   *
   * @throws CommandFailure if there is none
   */
  List<CheckpointFile> checkpoints() {
    List<CheckpointFile> found = found();
    if (found.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "There is no checkpoint in " + path.resolve(CHECKPOINTS) + "; train first.");
    }
    return found;
  }

  private List<CheckpointFile> found() {
    Path folder = path.resolve(CHECKPOINTS);
    List<CheckpointFile> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.map(CheckpointFile::of).flatMap(Optional::stream).forEach(found::add);
      } catch (IOException cause) {
        throw new CommandFailure(
            ExitCode.FAILED, "The folder " + folder + " cannot be read; mend it.", cause);
      }
    }
    if (found.isEmpty()) {
      return official();
    }
    found.sort(Comparator.comparingLong(CheckpointFile::step));
    return found;
  }

  private List<CheckpointFile> official() {
    try {
      return OfficialFiles.checkpoints(
          path, unreadable -> System.err.println("morphene: " + unreadable));
    } catch (JobFailure failure) {
      throw new CommandFailure(ExitCode.FAILED, failure.getMessage(), failure);
    }
  }

  /** The step of one of this run's checkpoints; 0 for another file. */
  long step(Path file) {
    return CheckpointFile.of(file)
        .or(() -> found().stream().filter(one -> one.path().equals(file)).findFirst())
        .map(CheckpointFile::step)
        .orElse(0L);
  }

  CheckpointFile newest() {
    List<CheckpointFile> all = checkpoints();
    return all.get(all.size() - 1);
  }

  /**
   * The checkpoint that an operator means: a file, the name of one in this run, or its step.
   *
   * @throws CommandFailure if it is none
   */
  Path checkpoint(String named) {
    for (Path candidate : List.of(Path.of(named), path.resolve(CHECKPOINTS).resolve(named))) {
      if (Files.isRegularFile(candidate)) {
        return candidate.toAbsolutePath().normalize();
      }
    }
    if (named.matches("\\d{1,18}")) {
      long step = Long.parseLong(named);
      for (CheckpointFile file : checkpoints()) {
        if (file.step() == step) {
          return file.path();
        }
      }
    }
    throw new CommandFailure(
        ExitCode.NOT_FOUND,
        "There is no checkpoint "
            + named
            + "; name a file, or a step of "
            + path.resolve(CHECKPOINTS)
            + ".");
  }

  /**
   * Audits of checkpoints that are still there.
   *
   * @param warnings told of each audit that cannot be read
   */
  List<Audited> audited(Consumer<String> warnings) {
    List<Audited> audited = new ArrayList<>();
    if (!Files.isDirectory(audits())) {
      return audited;
    }
    List<CheckpointFile> files = found();
    try (Stream<Path> folders = Files.list(audits())) {
      for (Path folder : folders.sorted().toList()) {
        if (!Files.isRegularFile(folder.resolve(AuditReport.FILE_NAME))) {
          continue;
        }
        try {
          AuditReport report = AuditReport.read(folder);
          files.stream()
              .filter(file -> file.path().getFileName().toString().equals(report.checkpoint()))
              // The official trainer uses a name again in the folder of the next start.
              .max(Comparator.comparing(file -> isOf(folder, file.step())))
              .ifPresent(
                  file -> audited.add(new Audited(file.step(), file.path(), folder, report)));
        } catch (JobFailure unreadable) {
          warnings.accept(unreadable.getMessage());
        }
      }
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED, "The folder " + audits() + " cannot be read; mend it.", cause);
    }
    return audited;
  }

  /** Whether an audit's folder has the name of a step. */
  private static boolean isOf(Path audit, long step) {
    String name = audit.getFileName().toString();
    return name.matches("\\d{1,18}") && Long.parseLong(name) == step;
  }
}
