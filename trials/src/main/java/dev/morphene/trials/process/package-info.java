/** Operating system processes that a trial starts, signals and ends. */
package dev.morphene.trials.process;
