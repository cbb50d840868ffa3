/** Checkpoint files: what is in them, how they are written safely, found again and thinned out. */
package dev.morphene.rave.checkpoint;
