package dev.morphene.rave.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that is on the disk for good.
 *
 * @param sha256 lower-case hexadecimal digest of the file
 */
public record WrittenCheckpoint(long step, Path path, String sha256, long sizeBytes) {}
