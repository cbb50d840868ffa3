package dev.morphene.coordinator.api;

/** Routes about one thing. */
public interface RouteGroup {
  void addTo(Endpoints endpoints);
}
