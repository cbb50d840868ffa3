package dev.morphene.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demonstration; part of the long profile only. */
class DemoLongIT {
  private static final Pattern DISTANCE = Pattern.compile("validation distance .*\\((\\d+) %\\)");

  @TempDir Path folder;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void makesAnInstrumentThatIsHeardAndWhoseDistanceFell() throws Exception {
    DemoRun run = DemoRun.of(folder.resolve("out"), folder.resolve("terminal.txt"));
    assertThat(run.exitCode()).as(run.output()).isZero();
    Matcher distance = DISTANCE.matcher(run.output());
    assertThat(distance.find()).as(run.output()).isTrue();
    assertThat(Integer.parseInt(distance.group(1))).isLessThanOrEqualTo(60);
  }
}
