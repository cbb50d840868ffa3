/**
 * The AMQP 0-9-1 port of the cluster: publish with confirms that can be trusted, consume, request
 * and reply, over the Java client. Uses only what RabbitMQ and the embedded broker do alike.
 */
package dev.morphene.broker;
