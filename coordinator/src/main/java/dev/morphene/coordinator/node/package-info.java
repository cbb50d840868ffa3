/** Nodes that come, live and go: joining, heartbeats, commands, drains. */
package dev.morphene.coordinator.node;
