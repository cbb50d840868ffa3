/** Where an instrument's recordings come from, and whether there is enough of them to train. */
package dev.morphene.protocol.source;
