/** What really happened in a trial, and the invariants that it is checked against. */
package dev.morphene.trials.history;
