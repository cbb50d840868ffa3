package dev.morphene.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A small program in place of one that this machine lacks. */
public final class Script {
  private Script() {}

  public static Path write(Path file, String body) throws IOException {
    // Made under another name: a file that is open for writing anywhere cannot be run.
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
