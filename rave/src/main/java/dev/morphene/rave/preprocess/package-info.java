/** The job that turns raw recordings into processed files and a dataset. */
package dev.morphene.rave.preprocess;
