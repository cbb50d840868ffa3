package dev.morphene.rave.process;

import java.nio.file.Path;

/**
 * Render and measure one checkpoint.
 *
 * @param checkpoint file written by a training run
 * @param musicalReference any file FFmpeg reads
 * @param nonmusicalReference any file FFmpeg reads
 * @param outputFolder receives the seven WAV files and {@code audit.json}
 * @param durationSeconds of each rendering; more than 0
 * @param threads of libtorch; at least 1
 */
public record AuditRequest(
    Path checkpoint,
    Path musicalReference,
    Path nonmusicalReference,
    Path outputFolder,
    double durationSeconds,
    int threads) {}
