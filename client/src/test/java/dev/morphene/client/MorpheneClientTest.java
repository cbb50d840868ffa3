package dev.morphene.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.morphene.client.ClientFailure.Reason;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.view.MemoryView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What answers mean. That the calls are those of a coordinator is tested with one (ClientIT). */
class MorpheneClientTest {
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;
  private MorpheneClient client;
  private int status = 200;
  private String body = "{}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    client = new MorpheneClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "400, REFUSED",
    "403, REFUSED",
    "404, NOT_FOUND",
    "409, REFUSED",
    "413, REFUSED",
    "500, FAILED",
    "503, UNREACHABLE"
  })
  void aStatusIsAReasonWithTheServersSentence(int answered, Reason reason) {
    status = answered;
    body = "{\"error\": \"There is no job 7.\"}";
    ClientFailure failure =
        catchThrowableOfType(ClientFailure.class, () -> client.queue().cancel(new JobId(7)));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessage("There is no job 7.");
    assertThat(asked).containsExactly("POST /api/v1/jobs/7/cancel");
  }

  @Test
  void aRefusalWithoutASentenceTellsItsStatus() {
    status = 500;
    body = "<html>";
    assertThat(catchThrowableOfType(ClientFailure.class, () -> client.nodes().list()))
        .hasMessage("The coordinator answered with status 500.");
  }

  @Test
  void anAnswerThatCannotBeReadIsAFailure() {
    body = "<html>";
    ClientFailure failure =
        catchThrowableOfType(ClientFailure.class, () -> client.queue().standing());
    assertThat(failure.reason()).isEqualTo(Reason.FAILED);
    assertThat(failure).hasMessageContaining("cannot be read");
  }

  @Test
  void nobodyAtTheAddressIsUnreachable() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    MorpheneClient nobody = new MorpheneClient(URI.create("http://127.0.0.1:" + free));
    ClientFailure failure =
        catchThrowableOfType(ClientFailure.class, () -> nobody.batches().list());
    assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure).hasMessageContaining("No coordinator answers at http://127.0.0.1:" + free);
  }

  @Test
  void memoryIsToldInGigabytesAsGpuToolsCount() {
    body =
        "{\"samples\": 2, \"minBytes\": 1073741824, \"meanBytes\": 2147483648, \"maxBytes\":"
            + " 3758096384, \"points\": []}";
    MemoryView memory = client.queue().memoryStats(new JobId(2));
    assertThat(memory.peakGb()).isEqualTo(3.5);
    assertThat(memory.averageGb()).isEqualTo(2.0);
    assertThat(asked).containsExactly("GET /api/v1/jobs/2/memory");
  }

  @Test
  void namesAreEscapedInAddresses() {
    client.nodes().quarantine(new WorkerId("render-07.studio"), "fan");
    assertThat(asked).containsExactly("POST /api/v1/nodes/render-07.studio/quarantine");
    assertThat(Exchange.escaped("a b/ü+")).isEqualTo("a%20b%2F%C3%BC%2B");
  }
}
