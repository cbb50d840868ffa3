/** From the queues of the coordinators to what they mean. */
package dev.morphene.coordinator.messaging;
