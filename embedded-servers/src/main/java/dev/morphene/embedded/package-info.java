/**
 * A real PostgreSQL and an AMQP 0-9-1 broker for a machine where nothing is installed. One node, no
 * clustering, no quorum queues: for a workstation and for tests, not in place of a broker cluster.
 */
package dev.morphene.embedded;
