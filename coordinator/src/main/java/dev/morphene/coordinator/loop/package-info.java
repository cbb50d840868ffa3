/** Work that repeats for as long as a coordinator lives. */
package dev.morphene.coordinator.loop;
