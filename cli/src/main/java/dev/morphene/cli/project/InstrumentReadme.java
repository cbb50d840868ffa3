package dev.morphene.cli.project;

import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import java.nio.file.Path;
import java.util.Locale;

/** {@code models/NAME/README.md}: what the instrument is and how to go on with it. */
final class InstrumentReadme {
  private InstrumentReadme() {}

  static String of(Instrument instrument, InstrumentFolders folders) {
    return """
    # %1$s

    %2$s crossed with %3$s. Number %4$d of the catalogue, %5$s tier.

    ## Sources

    | type | what | needed |
    |---|---|---|
    | musical | %2$s | 1.5 h or more |
    | non-musical | %3$s | 1.5 h or more |

    Recordings go into `%6$s` and `%7$s`, as they are. Processing makes them mono, 48 kHz, -14 LUFS, trims
    silence and splits them; the results go into the `processed` folders beside. Write down where each
    recording comes from:

        morphene sources add -i %4$d -t musical -n "NAME" -o recorded --files A.wav,B.wav
        morphene sources add -i %4$d -t nonmusical -n "NAME" -o recorded --files C.wav
        morphene sources status %4$d
        morphene sources check %4$d

    ## Reference clips

    Audits need two clips of 30 s in `%8$s`, one of each type, that are not in the training material. The
    musical one shows several pitches and dynamics; the non-musical one shows the texture without extreme
    transients. Add each to its source: `morphene sources add-ref ID --file CLIP.wav`.

    ## Commands to go on

    From the project folder:

        morphene preprocess \\
            --input_path %9$s \\
            --input_path %10$s \\
            --output_path %11$s \\
            --sampling_rate 48000 --channels 1
        morphene queue add -i %4$d --db-path %11$s --output %12$s
        morphene audit --run %12$s --all --instrument %13$s \\
            --musical-ref %8$s/MUSICAL.wav --nonmusical-ref %8$s/NONMUSICAL.wav \\
            --output %14$s --checkpoint-filter 50000
        morphene export --run %12$s --streaming --fidelity 0.95 --output %15$s --name %13$s

    ## In this folder

    | path | holds |
    |---|---|
    | `checkpoints/` | the model at kept training steps |
    | `audit/STEP/` | two reconstructions, five morphs and their measures for each checkpoint |
    | `final/` | the delivery: `%13$s.ts`, `metadata.json`, `demo.wav` |
    | `metadata.template.json` | a form for what only people know; it is no delivery |
    """
        .formatted(
            instrument.name(),
            instrument.musicalSource(),
            decapitalised(instrument.nonmusicalSource()),
            instrument.number(),
            instrument.tier().word(),
            below(folders, folders.musicalRaw()),
            below(folders, folders.nonmusicalRaw()),
            below(folders, folders.referenceClips()),
            below(folders, folders.musicalProcessed()),
            below(folders, folders.nonmusicalProcessed()),
            below(folders, folders.trainingData()),
            below(folders, folders.model()),
            folders.name(),
            below(folders, folders.model().getParent()),
            below(folders, folders.delivery()));
  }

  /** By way of a URI, which bears a folder's accents in every locale. */
  private static String below(InstrumentFolders folders, Path path) {
    String text = folders.project().toUri().relativize(path.toUri()).getPath();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** "Crackling fire" within a sentence. */
  private static String decapitalised(String text) {
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
