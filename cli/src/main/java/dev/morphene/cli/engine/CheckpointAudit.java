package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.AuditRunner;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.process.AuditRequest;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Renders audits into folders, each whole or not at all.
 *
 * @param session that does the work
 * @param musicalReference a recording
 * @param nonmusicalReference a recording
 * @param durationSeconds of each rendering
 * @param threads of libtorch
 * @param averaged hear the moving average of the weights
 */
record CheckpointAudit(
    EngineSession session,
    Path musicalReference,
    Path nonmusicalReference,
    double durationSeconds,
    int threads,
    boolean averaged) {

  /**
   * Audits a checkpoint.
   *
   * @param folder receives seven WAV files and {@code audit.json}
   * @throws JobFailure when it cannot be rendered; the folder is as it was then
   */
  AuditReport render(Path checkpoint, Path folder, Consumer<ProcessLine> onLine)
      throws InterruptedException {
    OutputFolder output = OutputFolder.make(folder);
    try (ScratchFolder scratch = ScratchFolder.at(output.path().resolve(".rendering"))) {
      session.run(
          JobKind.AUDIT,
          new AuditRequest(
              checkpoint,
              musicalReference,
              nonmusicalReference,
              scratch.path(),
              durationSeconds,
              threads,
              Optional.of(averaged)),
          onLine);
      AuditReport report = AuditReport.read(scratch.path());
      putInPlace(scratch.path(), output.path());
      return report;
    } finally {
      output.removeEmpty();
    }
  }

  /** The report goes last and goes away first: while it is missing the folder is not complete. */
  private static void putInPlace(Path from, Path to) {
    try {
      Files.deleteIfExists(to.resolve(AuditReport.FILE_NAME));
      List<Path> files;
      try (Stream<Path> listed = Files.list(from)) {
        files = listed.filter(file -> !file.endsWith(AuditReport.FILE_NAME)).toList();
      }
      for (Path file : files) {
        move(file, to);
      }
      move(from.resolve(AuditReport.FILE_NAME), to);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder " + to + " cannot be written: " + cause.getMessage() + "; mend it.",
          cause);
    }
  }

  private static void move(Path file, Path folder) throws IOException {
    Files.move(
        file,
        folder.resolve(file.getFileName()),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** The audit that is in a folder already, if it is this one: nothing it depends on is newer. */
  Optional<AuditReport> done(Path checkpoint, Path folder) {
    Path file = folder.resolve(AuditReport.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      AuditReport report = AuditReport.read(folder);
      boolean same =
          report.durationSeconds() == durationSeconds
              && report.emaWeights() == averaged
              && report.references().get(0).file().equals(name(musicalReference))
              && report.references().get(1).file().equals(name(nonmusicalReference))
              && isOlder(musicalReference, file)
              && isOlder(nonmusicalReference, file)
              && Stream.concat(
                      report.reconstructions().stream().map(AuditReport.Reconstruction::file),
                      AuditRunner.morphFiles().stream())
                  .allMatch(sound -> Files.isRegularFile(folder.resolve(sound)))
              && report.checkpointSha256().equals(Sha256.of(checkpoint));
      return same ? Optional.of(report) : Optional.empty();
    } catch (JobFailure | IOException unusable) {
      return Optional.empty();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static boolean isOlder(Path file, Path than) throws IOException {
    return Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(than)) <= 0;
  }
}
