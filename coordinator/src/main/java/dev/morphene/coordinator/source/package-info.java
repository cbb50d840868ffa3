/** The studio's recordings and whether an instrument has enough of them. */
package dev.morphene.coordinator.source;
