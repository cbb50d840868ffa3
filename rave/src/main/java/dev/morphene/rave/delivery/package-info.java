/** The job that chooses a checkpoint and packs the finished instrument. */
package dev.morphene.rave.delivery;
