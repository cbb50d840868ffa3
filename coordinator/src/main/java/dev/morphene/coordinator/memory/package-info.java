/**
 * How much memory jobs need: envelopes learned from their runs, and what follows when it ran out.
 */
package dev.morphene.coordinator.memory;
