/** Jobs and their life: rows, steps between states, needs, retries, follow-ups. */
package dev.morphene.coordinator.job;
