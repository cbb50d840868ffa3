/** Watching a model in training for what no single step gives away. */
package dev.morphene.rave.training.health;
