package dev.morphene.rave.delivery;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.HostTorch;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which libtorch a TorchScript file asks of its host, read off the file: the version of the archive
 * and the operators that its code calls.
 *
 * @param minimum the oldest libtorch that is known to read it
 * @param reason what an older one lacks
 */
public record HostRequirement(HostTorch minimum, String reason) {
  /** All configurations were loaded and played there. */
  private static final HostTorch OLDEST_TRIED = new HostTorch(1, 13);

  /** The one that comes with this program and loads every export in its tests. */
  private static final HostTorch OURS = new HostTorch(2, 7);

  /** The highest number in the file {@code version} that libtorch 1.13 reads. */
  private static final int OLDEST_TRIED_VERSION = 10;

  /** Those that an instrument calls; each is in 1.13, with these arguments. */
  static final Set<String> OPERATORS =
      Set.of(
          ("add add_ argmin atan2 cat chunk clamp_min constant_pad_nd contiguous conv1d"
                  + " conv_transpose1d copy_ cos detach div embedding exp fill_ floordiv leaky_relu"
                  + " log matmul mean mul new_zeros ones_like permute pow rand_like randn"
                  + " randn_like repeat_interleave reshape rsqrt select sigmoid sin size slice"
                  + " softplus sqrt stack std sub sum t tanh transpose unsqueeze zeros zeros_like")
              .split(" "));

  private static final Pattern CALL = Pattern.compile("(?<![\\w.])(?:torch|ops)\\.([\\w.]+)\\(");

  /**
   * Reads a file; loads nothing of it.
   *
   * @throws JobFailure UNREADABLE when it is no TorchScript file
   */
  public static HostRequirement of(Path file) {
    try (ZipFile archive = new ZipFile(file.toFile())) {
      int version = -1;
      Set<String> others = new TreeSet<>();
      for (ZipEntry entry : Collections.list(archive.entries())) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        if (name.equals("version")) {
          version = Integer.parseInt(text(archive, entry).strip());
        } else if (name.startsWith("code/") && name.endsWith(".py")) {
          Matcher call = CALL.matcher(text(archive, entry));
          while (call.find()) {
            others.add(call.group(1));
          }
        }
      }
      others.removeAll(OPERATORS);
      if (version < 0) {
        throw unreadable(file, "it has no version", null);
      }
      if (version > OLDEST_TRIED_VERSION) {
        return new HostRequirement(OURS, "its archive is of version " + version);
      }
      return others.isEmpty()
          ? new HostRequirement(OLDEST_TRIED, "no older one was tried")
          : new HostRequirement(OURS, "it calls " + String.join(", ", others));
    } catch (IOException | NumberFormatException cause) {
      throw unreadable(file, cause.getMessage(), cause);
    }
  }

  /**
   * @throws JobFailure BAD_INPUT when a host is older than the minimum
   */
  public void check(HostTorch host) {
    if (host.compareTo(minimum) < 0) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "This instrument needs a host with libtorch "
              + minimum
              + " or later ("
              + reason
              + "), not "
              + host
              + "; use a newer nn~.");
    }
  }

  private static String text(ZipFile archive, ZipEntry entry) throws IOException {
    try (InputStream in = archive.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JobFailure unreadable(Path file, String why, Exception cause) {
    return new JobFailure(
        FailureClass.UNREADABLE, file + " is no TorchScript file: " + why + ".", cause);
  }
}
