package dev.morphene.agent.child;

import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.message.ClaimReply;
import java.io.IOException;

/** Starts what does the work of an attempt. */
@FunctionalInterface
public interface ChildStart {
  /**
   * @param untilNanos end of the first lease, on {@code System.nanoTime}
   * @throws IOException when it cannot be started
   */
  Child start(ClaimReply.Granted granted, Placement placement, long untilNanos) throws IOException;
}
