/** Accepts jobs, hands them to nodes and follows them to their end; Postgres is the truth. */
package dev.morphene.coordinator;
