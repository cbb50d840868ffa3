package dev.morphene.protocol.placement;

import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;

/**
 * One of our jobs on a GPU.
 *
 * @param need what was promised to it
 * @param observed what it was last measured to use; 0 until it was
 */
public record Tenant(JobNeed need, ByteSize observed) {
  public Tenant {
    Required.present(need, "need");
    Required.present(observed, "observed");
  }

  /** Promised and not taken yet, so not free although the driver says so. */
  public long stillToComeBytes() {
    return Math.max(0, need.memory().bytes() - observed.bytes());
  }
}
