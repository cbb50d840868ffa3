/** Memory measured while attempts run. */
package dev.morphene.coordinator.telemetry;
