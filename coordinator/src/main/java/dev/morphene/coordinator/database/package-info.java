/** Postgres, the truth: one transaction for every change of state. */
package dev.morphene.coordinator.database;
