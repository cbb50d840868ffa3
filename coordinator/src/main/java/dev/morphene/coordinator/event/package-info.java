/** What nodes say about attempts. */
package dev.morphene.coordinator.event;
