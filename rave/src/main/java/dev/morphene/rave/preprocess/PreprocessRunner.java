package dev.morphene.rave.preprocess;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.audio.LoudnessTarget;
import dev.morphene.rave.audio.ProcessedFolder;
import dev.morphene.rave.audio.RawCollection;
import dev.morphene.rave.audio.Restoration;
import dev.morphene.rave.audio.SampleFormat;
import dev.morphene.rave.audio.SourceProcessor;
import dev.morphene.rave.audio.UnusableAudioException;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.preprocess.SourceReport.FileReport;
import dev.morphene.rave.preprocess.SourceReport.LeftOut;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Raw recordings to processed files to a dataset. A recording that cannot serve is named in a
 * warning and left out; a source type without a single usable recording fails the job, since an
 * instrument made without it would not be the one asked for.
 */
public final class PreprocessRunner implements JobRunner<PreprocessRequest> {
  /** Farther than this from the loudness asked for is worth a word. */
  private static final double LOUDNESS_REMARK_LU = 0.5;

  @Override
  public Map<String, String> recipe(PreprocessRequest request) {
    return Map.of(
        "samplingRateHz", String.valueOf(request.samplingRateHz()),
        "channels", String.valueOf(request.channels()),
        "signalSamples", String.valueOf(request.signalSamples()));
  }

  @Override
  public JsonNode run(PreprocessRequest request, ProcessReporter reporter, StopSignal signal)
      throws Exception {
    return ProcessJson.mapper().valueToTree(new Job(request, reporter, signal).run());
  }

  private static JobFailure badInput(String message) {
    return new JobFailure(FailureClass.BAD_INPUT, message);
  }

  /** One run, with what its steps share. */
  private static final class Job {
    private final PreprocessRequest request;
    private final ProcessReporter reporter;
    private final StopSignal signal;
    private final SampleFormat format;
    private final SourceProcessor processor;
    private final String settings;
    private String stage = "reading";
    private long filesDone;
    private long filesInAll;

    Job(PreprocessRequest request, ProcessReporter reporter, StopSignal signal) {
      this.request = request;
      this.reporter = reporter;
      this.signal = signal;
      LoudnessTarget target;
      try {
        format = new SampleFormat(request.samplingRateHz(), request.channels());
        target = new LoudnessTarget(request.loudnessLufs(), request.truePeakDecibels());
      } catch (IllegalArgumentException outOfRange) {
        throw badInput(outOfRange.getMessage());
      }
      if (request.inputs().isEmpty()) {
        throw badInput("No folder with recordings was named; name at least one.");
      }
      if (request.signalSamples() < 1 || request.signalSamples() > 1 << 24) {
        throw badInput(
            "The signal has " + request.signalSamples() + " samples; use 1 to 16777216.");
      }
      Restoration restoration = new Restoration(request.removeClicks(), request.removeNoise());
      processor = new SourceProcessor(format, target, restoration, this::betweenBlocks);
      settings = format + " " + target + " " + restoration;
    }

    PreprocessReport run() throws IOException {
      List<RawCollection> collections = new ArrayList<>();
      for (PreprocessRequest.Input input : request.inputs()) {
        RawCollection collection = scan(input);
        collections.add(collection);
        filesInAll += collection.files().size();
      }
      List<Processed> processed = new ArrayList<>();
      for (int index = 0; index < collections.size(); index++) {
        processed.add(process(request.inputs().get(index), collections.get(index)));
      }
      return writeDataset(processed);
    }

    /** Hours of sound in one file are no reason to look hung. */
    private void betweenBlocks() {
      signal.throwIfStopped(0);
      reporter.progress(stage, filesDone, filesInAll + 1, Map.of());
    }

    private RawCollection scan(PreprocessRequest.Input input) throws IOException {
      Path raw = input.rawFolder();
      if (!Files.isDirectory(raw)) {
        throw badInput(
            Files.exists(raw)
                ? raw
                    + " is a file; name the folder that holds the "
                    + input.sourceType()
                    + " recordings."
                : "There is no folder "
                    + raw
                    + "; put the "
                    + input.sourceType()
                    + " recordings there or name another folder.");
      }
      if (raw.toAbsolutePath()
          .normalize()
          .equals(input.processedFolder().toAbsolutePath().normalize())) {
        throw badInput(
            "The processed files would go among the recordings in "
                + raw
                + "; name another folder for them.");
      }
      return RawCollection.scan(raw, input.processedFolder());
    }

    private Processed process(PreprocessRequest.Input input, RawCollection collection)
        throws IOException {
      ProcessedFolder folder = ProcessedFolder.open(input.processedFolder(), settings);
      folder.retain(collection.files().keySet());
      List<FileReport> files = new ArrayList<>();
      List<LeftOut> leftOut = new ArrayList<>();
      collection.unreadable().forEach((name, reason) -> leave(input, leftOut, name, reason));
      for (Map.Entry<String, Path> raw : collection.files().entrySet()) {
        signal.throwIfStopped(0);
        stage = "reading " + raw.getKey();
        reporter.progress(stage, filesDone, filesInAll + 1, Map.of());
        try {
          files.add(report(raw.getKey(), folder.update(raw.getKey(), raw.getValue(), processor)));
        } catch (UnusableAudioException unusable) {
          leave(input, leftOut, raw.getKey(), unusable.getMessage());
        }
        filesDone++;
      }
      for (String stranger : folder.strangers()) {
        reporter.warning(
            input.processedFolder().resolve(stranger)
                + " was not made from a recording and is not used; put it into "
                + input.rawFolder()
                + " to use it.");
      }
      if (files.isEmpty()) {
        throw badInput(
            "No usable recording is in "
                + input.rawFolder()
                + (leftOut.isEmpty()
                    ? ", which is empty; put the " + input.sourceType() + " recordings there."
                    : "; of "
                        + leftOut.size()
                        + " left out, "
                        + leftOut.get(0).file()
                        + " "
                        + leftOut.get(0).reason()
                        + "."));
      }
      return new Processed(input, folder, files, leftOut);
    }

    private void leave(
        PreprocessRequest.Input input, List<LeftOut> leftOut, String name, String reason) {
      leftOut.add(new LeftOut(name, reason));
      reporter.warning("Left out: " + input.rawFolder().resolve(name) + " " + reason + ".");
    }

    private FileReport report(String name, ProcessedFolder.Outcome outcome) {
      SourceProcessor.Processed processed = outcome.processed();
      double missing = request.loudnessLufs() - processed.after().integratedLufs();
      if (!outcome.reused() && Math.abs(missing) > LOUDNESS_REMARK_LU) {
        reporter.warning(
            String.format(
                Locale.ROOT,
                "%s reaches %.1f LUFS in place of %.1f: its peaks allow no more.",
                name,
                processed.after().integratedLufs(),
                request.loudnessLufs()));
      }
      return new FileReport(
          name,
          processed.files(),
          processed.rawSeconds(),
          processed.seconds(),
          processed.before(),
          processed.after(),
          outcome.reused());
    }

    private PreprocessReport writeDataset(List<Processed> processed) throws IOException {
      int chunkSamples = 2 * request.signalSamples();
      List<SourceReport> sources = new ArrayList<>();
      try (DatasetWriter writer =
          DatasetWriter.create(
              request.datasetFolder(), format.channels(), format.samplingRateHz(), chunkSamples)) {
        for (Processed source : processed) {
          reporter.progress(
              "writing the dataset",
              filesInAll,
              filesInAll + 1,
              Map.of("chunks", (double) writer.size()));
          ChunkCutter cutter = new ChunkCutter(writer, format.channels(), chunkSamples);
          for (FileReport file : source.files()) {
            for (String wav : file.processedFiles()) {
              signal.throwIfStopped(0);
              cutter.append(source.folder().resolve(wav));
            }
          }
          SourceReport report = source.report(cutter.chunks());
          if (report.chunks() == 0) {
            throw badInput(
                String.format(
                    Locale.ROOT,
                    "%s holds %.1f seconds of usable sound, but a chunk has %.1f; add recordings.",
                    source.input().rawFolder(),
                    report.seconds(),
                    (double) chunkSamples / format.samplingRateHz()));
          }
          sources.add(report);
        }
        writer.finish();
        reporter.progress(
            "writing the dataset",
            filesInAll + 1,
            filesInAll + 1,
            Map.of("chunks", (double) writer.size()));
        return new PreprocessReport(
            request.datasetFolder(),
            format.samplingRateHz(),
            format.channels(),
            chunkSamples,
            writer.size(),
            sources.stream().mapToDouble(SourceReport::seconds).sum(),
            sources);
      }
    }
  }

  /** The recordings of one input, ready to be cut. */
  private record Processed(
      PreprocessRequest.Input input,
      ProcessedFolder folder,
      List<FileReport> files,
      List<LeftOut> leftOut) {

    SourceReport report(int chunks) {
      return new SourceReport(
          input.sourceType(),
          files.stream().mapToDouble(FileReport::rawSeconds).sum(),
          files.stream().mapToDouble(FileReport::seconds).sum(),
          chunks,
          files,
          leftOut);
    }
  }
}
