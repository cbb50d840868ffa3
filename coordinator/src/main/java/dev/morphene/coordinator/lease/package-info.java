/** Takes back what nobody works on any more. */
package dev.morphene.coordinator.lease;
