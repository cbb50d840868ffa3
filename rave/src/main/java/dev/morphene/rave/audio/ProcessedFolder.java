package dev.morphene.rave.audio;

import dev.morphene.rave.audio.ProcessedManifest.Recording;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of processed files, kept in step with its raw recordings. Work done before is not done
 * again while the raw file and the settings are unchanged; files of recordings that are gone are
 * deleted; files that somebody else put there are left alone. For one thread and one process.
 */
public final class ProcessedFolder {
  private static final Pattern PART = Pattern.compile("(.+)_\\d{3}\\.wav");
  private static final Pattern REMAINS =
      Pattern.compile("\\..+\\.(scratch|normalized|partial|json\\.new)");

  private final Path folder;
  private final String settings;
  private final SortedMap<String, Recording> recordings;

  private ProcessedFolder(Path folder, String settings, SortedMap<String, Recording> recordings) {
    this.folder = folder;
    this.settings = settings;
    this.recordings = recordings;
  }

  /**
   * Opens or makes a folder; remains of an interrupted run are cleared away.
   *
   * @param settings text that differs when the same recording would give other files
   */
  public static ProcessedFolder open(Path folder, String settings) throws IOException {
    Files.createDirectories(folder);
    SortedMap<String, Recording> recordings = new TreeMap<>();
    Path file = folder.resolve(ProcessedManifest.FILE_NAME);
    if (Files.exists(file)) {
      ProcessedManifest manifest =
          ProcessJson.mapper().readValue(file.toFile(), ProcessedManifest.class);
      if (manifest.version() != ProcessedManifest.VERSION) {
        throw new IOException(
            file + " is of version " + manifest.version() + "; delete the folder and start again.");
      }
      recordings.putAll(manifest.recordings());
    }
    ProcessedFolder opened = new ProcessedFolder(folder, settings, recordings);
    for (Path entry : opened.entries()) {
      if (REMAINS.matcher(entry.getFileName().toString()).matches()) {
        Files.deleteIfExists(entry);
      }
    }
    return opened;
  }

  /** A recording's result, and whether it was there already. */
  public record Outcome(SourceProcessor.Processed processed, boolean reused) {}

  /**
   * Brings the files of one recording up to date.
   *
   * @param name path relative to the raw folder
   * @throws UnusableAudioException if the recording cannot serve; files of its former content are
   *     gone then
   */
  public Outcome update(String name, Path raw, SourceProcessor processor)
      throws UnusableAudioException, IOException {
    long bytes = Files.size(raw);
    long modified = Files.getLastModifiedTime(raw).toMillis();
    Recording known = recordings.get(name);
    if (known != null
        && known.rawBytes() == bytes
        && known.rawModifiedMillis() == modified
        && known.settings().equals(settings)
        && isComplete(known)) {
      return new Outcome(known.result().get(0), true);
    }
    String stem = known == null ? freeStem(name) : known.stem();
    deleteParts(stem);
    // Written down first, so that files of an interrupted run are known as ours.
    recordings.put(name, new Recording(stem, bytes, modified, settings, List.of(), List.of()));
    save();
    SourceProcessor.Processed processed = processor.process(raw, folder, stem);
    List<Long> parts = new ArrayList<>();
    for (String file : processed.files()) {
      parts.add(Files.size(folder.resolve(file)));
    }
    recordings.put(name, new Recording(stem, bytes, modified, settings, parts, List.of(processed)));
    save();
    return new Outcome(processed, false);
  }

  private boolean isComplete(Recording recording) throws IOException {
    if (recording.result().isEmpty()) {
      return false;
    }
    List<String> files = recording.result().get(0).files();
    for (int part = 0; part < files.size(); part++) {
      Path file = folder.resolve(files.get(part));
      if (!Files.isRegularFile(file) || Files.size(file) != recording.parts().get(part)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Deletes the files of recordings that are not among {@code names}.
   *
   * @return names of the recordings that were forgotten
   */
  public List<String> retain(Set<String> names) throws IOException {
    List<String> gone = recordings.keySet().stream().filter(name -> !names.contains(name)).toList();
    for (String name : gone) {
      deleteParts(recordings.get(name).stem());
      recordings.remove(name);
    }
    save();
    return gone;
  }

  /** Names of visible files that this class did not make. */
  public List<String> strangers() throws IOException {
    Set<String> stems = stems();
    List<String> strangers = new ArrayList<>();
    for (Path entry : entries()) {
      String name = entry.getFileName().toString();
      Matcher part = PART.matcher(name);
      boolean ours = part.matches() && stems.contains(part.group(1));
      if (!ours && !name.startsWith(".") && Files.isRegularFile(entry)) {
        strangers.add(name);
      }
    }
    return strangers;
  }

  /** Where a processed file is. */
  public Path resolve(String file) {
    return folder.resolve(file);
  }

  private Set<String> stems() {
    Set<String> stems = new HashSet<>();
    recordings.values().forEach(recording -> stems.add(recording.stem()));
    return stems;
  }

  /** The raw name without its ending, in letters that every file system takes; made unique. */
  private String freeStem(String name) throws IOException {
    int dot = name.lastIndexOf('.');
    String bare = dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    String plain = bare.replaceAll("[^\\p{L}\\p{M}\\p{N}._-]+", "_");
    if (plain.startsWith(".")) {
      plain = "_" + plain;
    }
    // File systems allow 255 bytes; four for each letter leave room for numbers and endings.
    plain = plain.length() > 50 ? plain.substring(0, 50) : plain;
    Set<String> taken = new HashSet<>();
    for (String stem : stems()) {
      taken.add(stem.toLowerCase(Locale.ROOT));
    }
    for (String stranger : strangers()) {
      Matcher part = PART.matcher(stranger);
      if (part.matches()) {
        taken.add(part.group(1).toLowerCase(Locale.ROOT));
      }
    }
    String stem = plain;
    for (int number = 2; taken.contains(stem.toLowerCase(Locale.ROOT)); number++) {
      stem = plain + "-" + number;
    }
    return stem;
  }

  private void deleteParts(String stem) throws IOException {
    for (Path entry : entries()) {
      Matcher part = PART.matcher(entry.getFileName().toString());
      if (part.matches() && part.group(1).equals(stem)) {
        Files.deleteIfExists(entry);
      }
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private void save() throws IOException {
    Path temporary = folder.resolve(ProcessedManifest.FILE_NAME + ".new");
    ProcessJson.mapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(
            temporary.toFile(), new ProcessedManifest(ProcessedManifest.VERSION, recordings));
    Files.move(
        temporary,
        folder.resolve(ProcessedManifest.FILE_NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
