package dev.morphene.cli.batch;

import picocli.CommandLine.Command;

/** {@code morphene batch}: jobs that were submitted together. */
@Command(
    name = "batch",
    description = "Looks after jobs that were submitted together.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene batch list"},
    subcommands = {BatchListCommand.class, BatchShowCommand.class, BatchCancelCommand.class})
public final class BatchCommand {}
