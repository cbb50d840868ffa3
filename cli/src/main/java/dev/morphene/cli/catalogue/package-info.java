/** The 50 instruments, as an operator asks for them. */
package dev.morphene.cli.catalogue;
