package dev.morphene.cli.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A block of commands of the guide, as it is written there.
 *
 * @param heading under which it stands, with a number from the second such block on: {@code Model
 *     Export}, {@code morphene setup}
 * @param commands a shell script
 */
record GuideBlock(String heading, String commands) {

  /** All blocks marked as bash, in order. */
  static List<GuideBlock> of(Path guide) throws IOException {
    List<GuideBlock> blocks = new ArrayList<>();
    String heading = "";
    StringBuilder open = null;
    boolean skipping = false;
    for (String line : Files.readAllLines(guide)) {
      if (open != null && line.equals("```")) {
        String name = heading;
        long before = blocks.stream().filter(block -> block.heading().startsWith(name)).count();
        blocks.add(new GuideBlock(before == 0 ? name : name + " " + (before + 1), open.toString()));
        open = null;
      } else if (open != null) {
        open.append(line).append('\n');
      } else if (line.equals("```bash")) {
        open = new StringBuilder();
      } else if (line.startsWith("```")) {
        skipping = !skipping;
      } else if (!skipping && line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "");
      }
    }
    return blocks;
  }
}
