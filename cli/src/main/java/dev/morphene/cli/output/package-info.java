/** How commands print: tables and colours for people, JSON for programs. */
package dev.morphene.cli.output;
