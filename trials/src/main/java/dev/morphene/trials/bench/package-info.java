/** How much the cluster's parts do in a second, with real servers on the same machine. */
package dev.morphene.trials.bench;
