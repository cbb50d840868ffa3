/** Accepting batches of jobs, all or none, once per key. */
package dev.morphene.coordinator.submission;
