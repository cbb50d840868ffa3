package dev.morphene.cli.demo;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.SettingsOptions;
import dev.morphene.cli.local.DataFolder;
import dev.morphene.cli.local.LocalCluster;
import dev.morphene.cli.local.LogFile;
import dev.morphene.cli.local.Shutdown;
import dev.morphene.cli.progress.BatchWatch;
import dev.morphene.cli.progress.Terminal;
import dev.morphene.client.ClientFailure;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.BatchView;
import dev.morphene.protocol.view.JobHistory;
import dev.morphene.protocol.view.JobView;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene demo}: an instrument from the bundled audio, on a local cluster, for real. */
@Command(
    name = "demo",
    description = {
      "Makes an instrument from the bundled audio: dataset, training, audits, export, package.",
      "Stopped in between, it goes on where it was when it is started again with the same folder."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene demo --out /tmp/pyroviolin --steps 600"})
public final class DemoCommand implements Callable<Integer> {
  private static final String CLUSTER_FOLDER = ".cluster";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to make it; default ./morphene-demo.")
  private Path out = Path.of("morphene-demo");

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps; default " + DemoPlan.DEFAULT_STEPS + ".")
  private long steps = DemoPlan.DEFAULT_STEPS;

  @Option(
      names = "--keep-running",
      description = "Leave the local cluster up afterwards, until Ctrl-C.")
  private boolean keepRunning;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws InterruptedException {
    if (steps < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--steps is 1 or more, not " + steps + ".");
    }
    DataFolder data = DataFolder.open(out.resolve(CLUSTER_FOLDER));
    LogFile.use(data.log());
    DemoProject project =
        DemoProject.prepare(out, Path.of(System.getProperty("morphene.home", "."), "samples"));
    System.out.println("Making " + project.instrument().name() + " in " + out.toAbsolutePath());
    LocalCluster cluster =
        LocalCluster.start(data, settings.read(Map.of("MORPHENE_HTTP_PORT", "0")));
    try (Shutdown shutdown =
        Shutdown.of(cluster, "Stopping; the same command goes on from here.")) {
      return make(cluster, shutdown, project);
    }
  }

  private int make(LocalCluster cluster, Shutdown shutdown, DemoProject project)
      throws InterruptedException {
    try {
      System.out.println("A local cluster is up at " + cluster.address());
      MorpheneClient api = new MorpheneClient(cluster.address());
      SubmissionReply.Accepted accepted =
          api.queue().submit(new DemoPlan(steps).submission(project, DemoSources.of(project)));
      if (accepted.alreadyKnown()) {
        System.out.println("Going on with what was started here before.");
        reviveFailed(api, api.batches().show(accepted.batch()));
      }
      BatchView batch =
          new BatchWatch(api, Terminal.standard(), System::nanoTime).untilEnded(accepted.batch());
      int exitCode = report(api, batch, project);
      if (keepRunning) {
        System.out.println(
            "The cluster stays up at " + cluster.address() + "; stop it with Ctrl-C.");
        shutdown.await();
      }
      return exitCode;
    } catch (ClientFailure failure) {
      if (shutdown.isRequested()) {
        shutdown.await();
        return ExitCode.FAILED;
      }
      throw failure;
    }
  }

  private static void reviveFailed(MorpheneClient api, BatchView batch) {
    for (JobView job : batch.jobs()) {
      // Asked anew each time: a retried job brings those that wait for it back too.
      JobState state = api.queue().job(job.id()).state();
      if (state == JobState.FAILED || state == JobState.CANCELLED) {
        api.queue().retry(job.id());
      }
    }
  }

  private static int report(MorpheneClient api, BatchView batch, DemoProject project) {
    boolean allCompleted = true;
    for (JobView job : batch.jobs()) {
      if (job.state() != JobState.COMPLETED) {
        allCompleted = false;
        System.err.println(
            "Job "
                + job.id()
                + " ("
                + job.name()
                + ") is "
                + job.state().shownAs()
                + job.error()
                    .map(error -> ": " + error.message() + " " + error.suggestedFix())
                    .orElse("."));
      }
    }
    if (!allCompleted) {
      return ExitCode.FAILED;
    }
    DeliveryCheck.Result delivery = DeliveryCheck.of(project.folders(), DemoPlan.AUDIT_SECONDS);
    System.out.println();
    delivery
        .rows()
        .forEach(
            row ->
                System.out.printf(
                    Locale.ROOT, "%-24s %-16s %s%n", row.what(), row.detail(), row.where()));
    validationDistances(api, batch);
    if (!delivery.problems().isEmpty()) {
      delivery.problems().forEach(System.err::println);
      return ExitCode.FAILED;
    }
    return ExitCode.OK;
  }

  private static void validationDistances(MorpheneClient api, BatchView batch) {
    for (JobView job : batch.jobs()) {
      List<JobHistory.Validation> validations = api.queue().history(job.id()).validations();
      if (validations.size() > 1) {
        JobHistory.Validation first = validations.get(0);
        JobHistory.Validation last = validations.get(validations.size() - 1);
        System.out.printf(
            Locale.ROOT,
            "%-24s %.3f at step %,d, %.3f at step %,d (%.0f %%)%n",
            "validation distance",
            first.distance(),
            first.step(),
            last.distance(),
            last.step(),
            100 * last.distance() / first.distance());
      }
    }
  }
}
