/**
 * The official trainer as a second one: the installed command {@code rave} 2.3 is started, watched
 * and read from outside. Nothing of it is contained here.
 */
package dev.morphene.rave.official;
