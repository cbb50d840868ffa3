/** Jobs that were submitted together: list, show, cancel. */
package dev.morphene.cli.batch;
