package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files below a folder, links followed. Hidden files and folders are nobody's recordings; pipes
 * and devices would block a reader for ever and count as unreadable.
 *
 * @param files path relative to the folder, and where it is, in order of the relative path
 * @param unreadable what could not be looked at, with the reason
 */
public record RawCollection(SortedMap<String, Path> files, Map<String, String> unreadable) {

  /**
   * @param except a folder below that is not searched
   */
  public static RawCollection scan(Path folder, Path except) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    SortedMap<String, String> unreadable = new TreeMap<>();
    Path skipped = except.toAbsolutePath().normalize();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            boolean hidden = !visited.equals(folder) && isHidden(visited);
            return hidden || visited.toAbsolutePath().normalize().equals(skipped)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = folder.relativize(file).toString();
            if (isHidden(file)) {
              return FileVisitResult.CONTINUE;
            }
            if (files.containsKey(name)) {
              unreadable.put(
                  name, "cannot be told from another file in this locale; set LC_ALL=C.UTF-8");
            } else if (attributes.isRegularFile()) {
              files.put(name, file);
            } else {
              unreadable.put(name, "is no regular file");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failed) {
            unreadable.put(
                folder.relativize(file).toString(),
                "cannot be opened (" + failed.getClass().getSimpleName() + ")");
            return FileVisitResult.CONTINUE;
          }
        });
    return new RawCollection(files, unreadable);
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }
}
