/** A whole cluster of real processes, what is done to it, and what is seen of it. */
package dev.morphene.trials.fault;
