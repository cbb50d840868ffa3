package dev.morphene.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequiredTest {
  /** The database leaves zero characters out: what it keeps must be readable, too. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "\0", "\0 \0"})
  void whatNothingIsLeftOfIsNoText(String nothing) {
    assertThatThrownBy(() -> Required.text(nothing, "source"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"source\" is empty.");
  }

  @Test
  void anythingElseIsKeptAsItIs() {
    assertThat(Required.text(" a\0", "source")).isEqualTo(" a\0");
  }
}
