package dev.morphene.cli.queue;

import picocli.CommandLine.Command;

/** {@code morphene queue}: add, look, ask why, steer. */
@Command(
    name = "queue",
    description = "Adds jobs, works them off and looks after them.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue list"},
    subcommands = {
      AddCommand.class,
      AddTierCommand.class,
      SubmitCommand.class,
      StartCommand.class,
      ListCommand.class,
      StatusCommand.class,
      WatchCommand.class,
      ShowCommand.class,
      WhyCommand.class,
      LogsCommand.class,
      MemoryCommand.class,
      CancelCommand.class,
      RetryCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      PrioritiseCommand.class
    })
public final class QueueCommand {}
