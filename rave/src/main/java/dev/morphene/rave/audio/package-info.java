/** Sound files in and out: decoding, downmix, loudness, silence, and the processed collection. */
package dev.morphene.rave.audio;
