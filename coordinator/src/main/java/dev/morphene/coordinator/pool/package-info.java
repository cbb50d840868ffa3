/** What the nodes have, what waits for it, and which GPUs are kept for large jobs. */
package dev.morphene.coordinator.pool;
