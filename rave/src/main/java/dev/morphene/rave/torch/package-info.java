/** Running scripted modules on libtorch. */
package dev.morphene.rave.torch;
