package dev.morphene.rave.dataset;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * Reads a dataset in the official layout, our own or the official tool's. {@link #read} may be
 * called from several threads; {@link #close} only when none of them reads any more.
 *
 * <p>The environment is opened read-only and without a lock file, as the official reader does: a
 * dataset never changes once it is in place.
 */
public final class TrainingDataset implements AutoCloseable {
  private final Path folder;
  private final DatasetMetadata metadata;
  private final Env<byte[]> environment;
  private final Dbi<byte[]> database;
  private final int size;
  private final int chunkSamples;

  private TrainingDataset(
      Path folder, DatasetMetadata metadata, Env<byte[]> environment, Dbi<byte[]> database)
      throws IOException {
    this.folder = folder;
    this.metadata = metadata;
    this.environment = environment;
    this.database = database;
    this.size = Math.toIntExact(environment.stat().entries);
    if (size == 0) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The dataset " + folder + " is empty; preprocess longer recordings into it.");
    }
    this.chunkSamples = record(0).data().length / 2 / metadata.channels();
    record(size - 1);
  }

  /**
   * Opens a dataset.
   *
   * @throws JobFailure BAD_INPUT if there is no dataset or an empty one, UNREADABLE if it is
   *     damaged or of a kind that cannot be read
   */
  public static TrainingDataset open(Path folder) {
    Path dataFile = folder.resolve("data.mdb");
    if (!Files.isRegularFile(dataFile)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "There is no dataset in " + folder + " (data.mdb is missing); run preprocess first.");
    }
    if (!Files.isRegularFile(folder.resolve(DatasetMetadata.FILE_NAME))) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "The dataset " + folder + " lacks metadata.yaml; run preprocess again.");
    }
    Env<byte[]> environment = null;
    try {
      DatasetMetadata metadata = DatasetMetadata.read(folder);
      if (metadata.lazy()) {
        throw new JobFailure(
            FailureClass.UNREADABLE,
            "The dataset " + folder + " holds paths, not audio; preprocess it without --lazy.");
      }
      if (metadata.channels() < 1 || metadata.samplingRateHz() < 1) {
        throw new IOException("metadata.yaml holds impossible numbers");
      }
      LmdbFile.check(dataFile);
      environment =
          Env.create(ByteArrayProxy.PROXY_BA)
              .setMapSize(Math.max(1 << 20, Files.size(dataFile)))
              .open(folder.toFile(), EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK);
      Dbi<byte[]> database = environment.openDbi((byte[]) null);
      return new TrainingDataset(folder, metadata, environment, database);
    } catch (IOException | LmdbException | ArithmeticException damaged) {
      close(environment);
      throw unreadable(folder, damaged);
    } catch (RuntimeException failed) {
      close(environment);
      throw failed;
    }
  }

  private static void close(Env<byte[]> environment) {
    if (environment != null) {
      environment.close();
    }
  }

  private static JobFailure unreadable(Path folder, Exception cause) {
    return new JobFailure(
        FailureClass.UNREADABLE,
        "The dataset "
            + folder
            + " cannot be read ("
            + cause.getMessage()
            + "); run preprocess again.",
        cause);
  }

  private ExampleRecord record(int index) throws IOException {
    byte[] value;
    try (Txn<byte[]> transaction = environment.txnRead()) {
      value = database.get(transaction, DatasetWriter.key(index));
    }
    if (value == null) {
      throw new IOException("record " + index + " is missing");
    }
    return ExampleRecord.parse(value, metadata.channels());
  }

  /** Chunks; at least 1. */
  public int size() {
    return size;
  }

  public int channels() {
    return metadata.channels();
  }

  public int samplingRateHz() {
    return metadata.samplingRateHz();
  }

  /** Samples of a chunk for each channel. */
  public int chunkSamples() {
    return chunkSamples;
  }

  /**
   * One chunk.
   *
   * @param index 0 to {@code size() - 1}
   * @return {@code channels() * chunkSamples()} samples, planar, full scale 1
   * @throws JobFailure UNREADABLE if the record is damaged
   */
  public float[] read(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("chunk " + index + " of " + size);
    }
    try {
      float[] samples = record(index).samples();
      if (samples.length != chunkSamples * metadata.channels()) {
        throw new IOException("record " + index + " is of another length than the first");
      }
      return samples;
    } catch (IOException | LmdbException damaged) {
      throw unreadable(folder, damaged);
    }
  }

  @Override
  public void close() {
    environment.close();
  }
}
