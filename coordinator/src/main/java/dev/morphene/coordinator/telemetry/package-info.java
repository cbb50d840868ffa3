/** What nodes measure, at full rate and by minute, and what of it got lost. */
package dev.morphene.coordinator.telemetry;
