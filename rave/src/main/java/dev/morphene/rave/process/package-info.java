/**
 * The contract between a node's agent and the child JVM that does one job: a request file in, one
 * JSON object a line out, one command a line in.
 */
package dev.morphene.rave.process;
