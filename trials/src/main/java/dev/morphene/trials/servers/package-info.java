/** Brokers and databases that a trial owns, and may therefore kill. */
package dev.morphene.trials.servers;
