package dev.morphene.agent;

/** Why a node is to go; whoever started it closes it then. */
public sealed interface NodeEnd {
  /** An operator, or the cloud, asked it to leave. */
  record Drained(String why) implements NodeEnd {}

  /** A newer process of the same name has joined. */
  record Superseded() implements NodeEnd {}

  /** The cluster does not let it in; one sentence with the fix. */
  record Refused(String message) implements NodeEnd {}
}
