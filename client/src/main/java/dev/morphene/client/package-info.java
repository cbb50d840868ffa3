/**
 * The coordinator's HTTP API for Java programs; begin with {@link
 * dev.morphene.client.MorpheneClient}.
 */
package dev.morphene.client;
