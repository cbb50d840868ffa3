package dev.morphene.rave.dataset;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.storage.FolderSwap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * Writes a dataset in the official layout. Records go to a temporary folder next to the target; the
 * target is replaced whole by {@link #finish()} and never seen half written. Closing without
 * finishing leaves the target as it was. For one thread.
 */
public final class DatasetWriter implements AutoCloseable {
  /** More records than this do not fit the eight digits of a key. */
  private static final int MAX_RECORDS = 100_000_000;

  private static final Set<String> FILES =
      Set.of("data.mdb", "lock.mdb", DatasetMetadata.FILE_NAME);

  private static final long FIRST_MAP_BYTES = 64L << 20;

  private final int channels;
  private final int samplingRateHz;
  private final int chunkSamples;
  private final FolderSwap swap;
  // Arrays need no access to JDK internals, so that no JVM flag is asked for.
  private final Env<byte[]> environment;
  private final Dbi<byte[]> database;
  private long mapBytes = FIRST_MAP_BYTES;
  private int count;
  private boolean environmentOpen = true;

  private DatasetWriter(
      int channels,
      int samplingRateHz,
      int chunkSamples,
      FolderSwap swap,
      Env<byte[]> environment,
      Dbi<byte[]> database) {
    this.channels = channels;
    this.samplingRateHz = samplingRateHz;
    this.chunkSamples = chunkSamples;
    this.swap = swap;
    this.environment = environment;
    this.database = database;
  }

  /**
   * @param target folder that becomes the dataset
   * @param channels at least 1
   * @param samplingRateHz of all chunks
   * @param chunkSamples samples of a chunk for each channel
   */
  public static DatasetWriter create(
      Path target, int channels, int samplingRateHz, int chunkSamples) throws IOException {
    FolderSwap swap = FolderSwap.begin(target, FILES::contains);
    Env<byte[]> environment = null;
    try {
      // Durable once at the end: a crash before then leaves nothing that anyone would read.
      environment =
          Env.create(ByteArrayProxy.PROXY_BA)
              .setMapSize(FIRST_MAP_BYTES)
              .setMaxDbs(1)
              .open(swap.folder().toFile(), EnvFlags.MDB_NOSYNC);
      Dbi<byte[]> database = environment.openDbi((byte[]) null);
      return new DatasetWriter(channels, samplingRateHz, chunkSamples, swap, environment, database);
    } catch (RuntimeException failed) {
      if (environment != null) {
        environment.close();
      }
      swap.close();
      throw new JobFailure(
          FailureClass.STORAGE,
          "No dataset can be written to "
              + target
              + " ("
              + failed.getMessage()
              + "); choose a folder on a local disk.",
          failed);
    }
  }

  /**
   * Appends a chunk.
   *
   * @param planar {@code channels * chunkSamples} samples, full scale 1, all of channel 0 first
   */
  public void append(float[] planar) throws IOException {
    if (planar.length != channels * chunkSamples) {
      throw new IllegalArgumentException(planar.length + " samples are no chunk");
    }
    if (count == MAX_RECORDS) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "The dataset holds 100,000,000 chunks; use fewer recordings.");
    }
    byte[] key = key(count);
    byte[] value =
        new ExampleRecord(channels, samplingRateHz, ExampleRecord.quantize(planar)).toBytes();
    while (!put(key, value)) {
      mapBytes *= 2;
      environment.setMapSize(mapBytes);
    }
    count++;
  }

  private boolean put(byte[] key, byte[] value) throws IOException {
    try (Txn<byte[]> transaction = environment.txnWrite()) {
      database.put(transaction, key, value);
      transaction.commit();
      return true;
    } catch (Env.MapFullException full) {
      return false;
    } catch (LmdbException failed) {
      throw writeFailure(failed);
    }
  }

  /** LMDB reports a full disk as an input/output error, so that both have to be named. */
  private JobFailure writeFailure(LmdbException failed) {
    return new JobFailure(
        FailureClass.STORAGE,
        "Writing the dataset to "
            + swap.folder()
            + " failed ("
            + failed.getMessage()
            + "); free disk space or check the disk.",
        failed);
  }

  /** Chunks appended. */
  public int size() {
    return count;
  }

  /** Puts the dataset in the place of the target. Nothing can be appended afterwards. */
  public void finish() throws IOException {
    try {
      environment.sync(true);
    } catch (LmdbException failed) {
      throw writeFailure(failed);
    }
    closeEnvironment();
    double chunkSeconds = (double) chunkSamples / samplingRateHz;
    new DatasetMetadata(channels, false, Math.max(0, count - 1) * chunkSeconds, samplingRateHz)
        .write(swap.folder());
    swap.commit();
  }

  @Override
  public void close() throws IOException {
    closeEnvironment();
    swap.close();
  }

  private void closeEnvironment() {
    if (environmentOpen) {
      environmentOpen = false;
      environment.close();
    }
  }

  static byte[] key(int index) {
    return String.format("%08d", index).getBytes(StandardCharsets.US_ASCII);
  }
}
