package dev.morphene.cli;

import dev.morphene.client.ClientFailure;

/** What the command's exit codes mean; part of its contract. */
public final class ExitCode {
  public static final int OK = 0;

  /** What was asked for was tried and failed. */
  public static final int FAILED = 1;

  /** The command line is off. */
  public static final int USAGE = 2;

  /** A job, batch or file that was named does not exist. */
  public static final int NOT_FOUND = 3;

  /** The coordinator refuses it. */
  public static final int REFUSED = 4;

  /** No coordinator answers. */
  public static final int UNREACHABLE = 5;

  private ExitCode() {}

  public static int of(ClientFailure.Reason reason) {
    return switch (reason) {
      case UNREACHABLE -> UNREACHABLE;
      case NOT_FOUND -> NOT_FOUND;
      case REFUSED -> REFUSED;
      case FAILED -> FAILED;
    };
  }
}
