package dev.morphene.trials.fuzz;

import dev.morphene.protocol.json.ProtocolJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Messages that are nearly right, quite wrong, or no JSON at all. */
final class FuzzedMessages {
  private static final List<String> STRANGE_VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e400",
          "9223372036854775808",
          "3.5",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../../etc\"",
          "[]",
          "{}",
          "[null]",
          "{\"type\": \"unknown\"}",
          "\"" + "x".repeat(5_000) + "\"",
          "[".repeat(3_000));

  private FuzzedMessages() {}

  /**
   * @param good messages of the queue as its senders write them
   */
  static Arbitrary<byte[]> near(List<Object> good) {
    Arbitrary<String> written =
        Arbitraries.of(
            good.stream()
                .map(message -> new String(ProtocolJson.write(message), StandardCharsets.UTF_8))
                .toList());
    return Arbitraries.oneOf(
        List.of(
            Combinators.combine(written, values(), positions()).as(FuzzedMessages::replaced),
            Combinators.combine(written, positions()).as(FuzzedMessages::truncated),
            Combinators.combine(written, positions(), bytes()).as(FuzzedMessages::flipped),
            values().map(FuzzedMessages::utf8),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(200)));
  }

  private static Arbitrary<String> values() {
    return Arbitraries.of(STRANGE_VALUES);
  }

  private static Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, 1_000_000);
  }

  private static Arbitrary<Byte> bytes() {
    return Arbitraries.bytes();
  }

  /** One value of the object or of an object in it is another one. */
  private static byte[] replaced(String good, String value, int position) {
    int colon = good.indexOf(':', position % good.length());
    if (colon < 0) {
      return utf8(good + value);
    }
    int end = colon + 1;
    while (end < good.length() && ",}]".indexOf(good.charAt(end)) < 0) {
      end++;
    }
    return utf8(good.substring(0, colon + 1) + value + good.substring(end));
  }

  private static byte[] truncated(String good, int position) {
    return utf8(good.substring(0, position % good.length()));
  }

  private static byte[] flipped(String good, int position, byte other) {
    byte[] bytes = utf8(good);
    bytes[position % bytes.length] = other;
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
