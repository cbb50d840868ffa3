package dev.morphene.agent.lease;

/** What a heartbeat's answer can mean for the node as a whole. */
public interface NodeStanding {
  /** A newer process of the same name has joined; the children are dead already. */
  void superseded();

  /** The cluster does not know this node (any more): it is to join. */
  void forgotten();

  /** Whether the node is to take nothing for now; what runs goes on. */
  void quarantined(boolean quarantined);

  /** The node is to give its jobs back and leave. */
  void drainRequested();
}
