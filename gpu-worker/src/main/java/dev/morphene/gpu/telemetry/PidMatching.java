package dev.morphene.gpu.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Translates process ids of the driver, which knows the host's only, to those of this JVM. In a
 * container the two differ, and a wrong match would charge a stranger's memory to a job.
 */
public final class PidMatching {
  /** Inode of the first process id namespace; the same constant in every Linux kernel. */
  private static final String HOST_NAMESPACE = "pid:[4026531836]";

  private enum Method {
    SAME,
    TRANSLATED,
    NONE
  }

  private final Method method;
  private final String words;
  private final Path hostProc;
  private final String ownNamespace;

  private PidMatching(Method method, String words, Path hostProc, String ownNamespace) {
    this.method = method;
    this.words = words;
    this.hostProc = hostProc;
    this.ownNamespace = ownNamespace;
  }

  /**
   * @param proc of this process, {@code /proc}
   * @param hostProc the host's, where it is mounted into this container
   */
  public static PidMatching of(Path proc, Optional<Path> hostProc) {
    Optional<String> own = namespace(proc.resolve("self"));
    if (own.isEmpty()) {
      return none("the process id namespace of this worker cannot be read");
    }
    if (own.get().equals(HOST_NAMESPACE)) {
      return new PidMatching(
          Method.SAME, "process ids of the driver, which are this worker's", proc, own.get());
    }
    return hostProc
        .map(
            path ->
                new PidMatching(
                    Method.TRANSLATED,
                    "process ids of the driver, translated by NSpid under " + path,
                    path,
                    own.get()))
        .orElseGet(
            () ->
                none(
                    "this worker has a process id namespace of its own, so the driver's process"
                        + " ids are not its"));
  }

  private static PidMatching none(String why) {
    return new PidMatching(Method.NONE, why, Path.of("/proc"), "");
  }

  /** How ids are matched, or why they cannot be; for people. */
  public String words() {
    return words;
  }

  public boolean isPossible() {
    return method != Method.NONE;
  }

  /** The id by which this JVM knows a process, or empty when it cannot see it. */
  public OptionalLong own(long driverPid) {
    return switch (method) {
      case SAME -> OptionalLong.of(driverPid);
      case TRANSLATED -> translated(hostProc.resolve(Long.toString(driverPid)));
      case NONE -> OptionalLong.empty();
    };
  }

  /** The last of the NSpid numbers is the id in the process's own namespace, which must be ours. */
  private OptionalLong translated(Path process) {
    if (!namespace(process).equals(Optional.of(ownNamespace))) {
      return OptionalLong.empty();
    }
    try {
      for (String line : Files.readAllLines(process.resolve("status"))) {
        if (line.startsWith("NSpid:")) {
          String[] ids = line.substring("NSpid:".length()).strip().split("\\s+");
          return OptionalLong.of(Long.parseLong(ids[ids.length - 1]));
        }
      }
      return OptionalLong.empty();
    } catch (IOException | NumberFormatException gone) {
      // It ended between two looks, or a kernel before 4.1 writes no such line.
      return OptionalLong.empty();
    }
  }

  private static Optional<String> namespace(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("ns").resolve("pid")).toString());
    } catch (IOException | UnsupportedOperationException unreadable) {
      return Optional.empty();
    }
  }
}
