/** Reads {@code config.gin}, the text in which an official run says what its model is. */
package dev.morphene.rave.gin;
