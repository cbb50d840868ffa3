/**
 * Where a job may run: the design's memory rule as pure functions over snapshots. Nodes place with
 * it, coordinators check, explain and forecast with it, and the simulated cluster runs on it.
 */
package dev.morphene.protocol.placement;
