package dev.morphene.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.MorpheneClient;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Somebody with a shell, a home of their own and a local cluster that is up. The guide's {@code
 * python -m morphene} and {@code python -m rave} are the morphene command here, and its folders at
 * the root of the file system lie below a folder of the test; nothing else of a block is changed.
 */
final class GuideSitting implements AutoCloseable {
  private static final Pattern ROOT_FOLDER =
      Pattern.compile("(?<![\\w./-])/(path|sources|training_data|models|data|ref|audit)\\b");

  private final Path root;
  private final Path home;
  private final Path programs;
  private final Process up;
  private int blocks;

  /**
   * @param root stands for the root of the file system
   */
  GuideSitting(Path root) throws Exception {
    this.root = Files.createDirectories(root.resolve("root"));
    this.home = Files.createDirectories(root.resolve("home"));
    this.programs = Files.createDirectories(root.resolve("programs"));
    writeProgram();
    Path terminal = root.resolve("up.txt");
    this.up =
        shell("exec morphene up --http-port 0")
            .redirectErrorStream(true)
            .redirectOutput(terminal.toFile())
            .start();
    while (!Files.readString(terminal).contains("Stop it with Ctrl-C")) {
      assertThat(up.isAlive()).as(Files.readString(terminal)).isTrue();
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void writeProgram() throws IOException {
    Path morphene = programs.resolve("morphene");
    Files.writeString(
        morphene,
        "#!/bin/sh\nexec '"
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dmorphene.home='"
            + new File("..").getCanonicalPath()
            + "' -cp '"
            + System.getProperty("java.class.path")
            + "' dev.morphene.cli.Morphene \"$@\"\n");
    Path python = programs.resolve("python");
    Files.writeString(
        python,
        "#!/bin/sh\n[ \"$1\" = -m ] || exit 99\ncase \"$2\" in morphene|rave) ;; *) exit 99 ;;"
            + " esac\nshift 2\nexec morphene \"$@\"\n");
    for (Path program : List.of(morphene, python)) {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private ProcessBuilder shell(String script) {
    ProcessBuilder bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
    Map<String, String> environment = bash.environment();
    environment.keySet().removeIf(name -> name.startsWith("MORPHENE_"));
    environment.put("HOME", home.toString());
    environment.put("XDG_DATA_HOME", home.resolve("data").toString());
    environment.put("PATH", programs + File.pathSeparator + environment.get("PATH"));
    environment.put("MORPHENE_PRACTICE", "1");
    // For all children, those of the cluster too: a third of the processor time is the compiler's.
    environment.put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    return bash;
  }

  /** Where the guide's {@code /NAME} lies. */
  Path folder(String name) {
    return root.resolve(name);
  }

  MorpheneClient client() throws IOException {
    return new MorpheneClient(
        URI.create(
            Files.readString(
                    home.resolve("data").resolve("morphene").resolve("http-address"),
                    StandardCharsets.UTF_8)
                .trim()));
  }

  /** Types the block; every command of it must end well. */
  String run(GuideBlock block) throws Exception {
    return run(block.heading(), block.commands());
  }

  /**
   * @param what for a message
   * @return everything printed
   */
  String run(String what, String commands) throws Exception {
    String script = ROOT_FOLDER.matcher(commands).replaceAll(root + "/$1");
    Path terminal = root.resolveSibling("block-" + blocks++ + ".txt");
    Process process =
        shell("set -x; " + script)
            .redirectErrorStream(true)
            .redirectOutput(terminal.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    long began = System.nanoTime();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    System.out.printf("%5.1f s  %s%n", (System.nanoTime() - began) / 1e9, what);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(terminal);
    assertThat(ended).as("%s does not end:%n%s", what, printed).isTrue();
    assertThat(process.exitValue()).as("%s:%n%s", what, printed).isZero();
    return printed;
  }

  @Override
  public void close() throws InterruptedException {
    up.destroy();
    if (!up.waitFor(120, TimeUnit.SECONDS)) {
      up.destroyForcibly();
    }
  }
}
