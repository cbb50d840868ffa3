/** Training a RAVE model: data in batches, the two phases, validation, and the job that runs it. */
package dev.morphene.rave.training;
