package dev.morphene.coordinator.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The web page at {@code /}: three files, which talk to the API and to nothing else. */
final class StatusPage {
  private static final String POLICY =
      "default-src 'none'; connect-src 'self'; style-src 'self'; script-src 'self';"
          + " img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

  void addTo(Router router) {
    serve(router, "/", "index.html", "text/html");
    serve(router, "/page.css", "page.css", "text/css");
    serve(router, "/page.js", "page.js", "text/javascript");
  }

  private static void serve(Router router, String path, String file, String type) {
    Buffer content = Resources.read("page/" + file);
    router
        .get(path)
        .handler(
            (RoutingContext context) ->
                context
                    .response()
                    .putHeader("Content-Type", type + "; charset=utf-8")
                    .putHeader("Content-Security-Policy", POLICY)
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .putHeader("Cache-Control", "no-cache")
                    .end(content));
  }
}
