/** Granting attempts to nodes. */
package dev.morphene.coordinator.claim;
