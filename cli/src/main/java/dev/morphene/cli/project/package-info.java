/** The project folder: the guide's tree and the papers in it. */
package dev.morphene.cli.project;
