package dev.morphene.broker;

/**
 * Takes deliveries of one queue, one after the other, on a thread of the broker object.
 *
 * <p>It settles each delivery sooner or later, from any thread. Throwing {@link
 * dev.morphene.protocol.json.MalformedMessage} dead-letters the message; any other throw requeues
 * it after a pause.
 */
@FunctionalInterface
public interface DeliveryHandler {
  void handle(Delivery delivery) throws Exception;
}
