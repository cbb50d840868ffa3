/** The HTTP API, the web page, health and metrics. */
package dev.morphene.coordinator.api;
