/** Why a job waits and when it will start. */
package dev.morphene.coordinator.forecast;
