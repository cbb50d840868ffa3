/**
 * Where recordings come from: the records, whether they suffice, and whether the files are well.
 */
package dev.morphene.cli.source;
