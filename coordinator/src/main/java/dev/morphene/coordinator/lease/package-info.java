/** Who may run what, until when. */
package dev.morphene.coordinator.lease;
