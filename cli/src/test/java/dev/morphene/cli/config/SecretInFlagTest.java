package dev.morphene.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretInFlagTest {
  @ParameterizedTest
  @CsvSource({
    "amqp://user:word@host:5672/v, true",
    "amqp://user:w@rd@host, true",
    "amqp://user:w/rd@host, true",
    "postgresql://host/db?user=a&password=b, true",
    "postgresql://host/db?sslpassword=b, true",
    "user:word@host, true",
    "amqp://user@host:5672, false",
    "amqp://host:5672, false",
    "postgresql://user@host:5432/db?sslmode=require, false"
  })
  void aPasswordIsSeenWhereverItStands(String uri, boolean holdsPassword) {
    assertThat(SecretInFlag.holdsPassword(uri)).isEqualTo(holdsPassword);
  }
}
