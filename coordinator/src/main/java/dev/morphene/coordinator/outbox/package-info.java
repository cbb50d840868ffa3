/** From the database to the work queues. */
package dev.morphene.coordinator.outbox;
