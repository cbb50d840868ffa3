/** Whether the recordings of an instrument are what the guide asks for. */
package dev.morphene.rave.collection;
