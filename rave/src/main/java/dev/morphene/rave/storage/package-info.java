/** Files and folders that appear whole or not at all. */
package dev.morphene.rave.storage;
