package dev.morphene.cli.source;

import picocli.CommandLine.Command;

/** {@code morphene sources}: what was collected for which instrument. */
@Command(
    name = "sources",
    description = "Keeps record of recordings: where they come from, and whether they suffice.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AddCommand.class,
      UpdateCommand.class,
      ListCommand.class,
      ShowCommand.class,
      StatusCommand.class,
      SummaryCommand.class,
      DeleteCommand.class,
      AddReferenceCommand.class,
      ReferencesCommand.class,
      CheckCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene sources add -i 10 -t musical -n \"Violin\" -o recorded --files a.wav",
      "  morphene sources status 10",
      "  morphene sources check 10"
    })
public final class SourcesCommand {}
