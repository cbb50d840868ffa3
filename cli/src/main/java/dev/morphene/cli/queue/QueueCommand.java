package dev.morphene.cli.queue;

import picocli.CommandLine.Command;

/** {@code morphene queue}: submit, look, cancel, retry. */
@Command(
    name = "queue",
    description = "Submits jobs and looks after them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SubmitCommand.class,
      ListCommand.class,
      ShowCommand.class,
      CancelCommand.class,
      RetryCommand.class
    })
public final class QueueCommand {}
