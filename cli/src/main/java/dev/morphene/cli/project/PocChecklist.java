package dev.morphene.cli.project;

import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentFolders;

/** {@code POC_CHECKLIST.md}: what the first instrument has to show before the others are made. */
final class PocChecklist {
  static final String FILE_NAME = "POC_CHECKLIST.md";

  private PocChecklist() {}

  static String of(Instrument instrument, InstrumentFolders folders) {
    return """
    # Proof of concept: %1$s

    The first instrument answers two questions for the other 49: does the way from recordings to an instrument
    work, and how many trainings fit on one GPU. Tick off from top to bottom.

    ## Material

    - [ ] 1.5 h musical and 1.5 h non-musical are recorded as sources: `morphene sources status %2$d` says ready.
    - [ ] `morphene sources check %2$d` ends with 0 for the processed files.
    - [ ] Two reference clips of 30 s, one of each type, were added with `morphene sources add-ref`.
    - [ ] The licence of every source allows what is planned.

    ## Memory benchmark of `v2`

    - [ ] The dataset is made: `training_data/%3$s` holds `data.mdb` and `metadata.yaml`.
    - [ ] One job alone on one GPU: `morphene queue add -i %2$d --db-path training_data/%3$s --output models/%3$s`.
    - [ ] It has run well into the second phase, where the discriminator needs memory too.
    - [ ] `morphene queue show ID` gives minimum, maximum and average. GPU model: ______  Peak: ______ GB

    ## What to decide: how many side by side

    | peak memory of one job | jobs on one GPU |
    |---|---|
    | under 30 GB | 3 |
    | 30 to 40 GB | 2 |
    | over 40 GB | 1 |

    - [ ] Decided: ______ jobs side by side, by ______ on ______
    - [ ] When memory runs out: fewer side by side first, then batch 4, then `v2_small`.

    ## Audits

    - [ ] Every checkpoint that is a multiple of 50,000 was audited (`--checkpoint-filter 50000`) and heard.
    - [ ] Step chosen: ______, because ______

    A checkpoint passes when all four hold:

    - [ ] The way from one morph point to the next is smooth.
    - [ ] Nothing breaks: no bursts, drop-outs or screeching.
    - [ ] It can be played musically over the whole range.
    - [ ] Both sources can be recognised.

    | file | listen for |
    |---|---|
    | `musical_recon.wav` | the musical source comes back true |
    | `nonmusical_recon.wav` | its texture and character stay |
    | `morph_00.wav` | the musical source alone |
    | `morph_25.wav` | a trace of the other |
    | `morph_50.wav` | both in balance |
    | `morph_75.wav` | the other leads |
    | `morph_100.wav` | the non-musical source alone |

    ## Delivery

    - [ ] `models/%3$s/final/` holds `%3$s.ts`, `metadata.json` and a `demo.wav` of 60 s.
    - [ ] The instrument was loaded in nn~ and played.
    - [ ] Go on with the flagship tier: yes / no, by ______ on ______
    """
        .formatted(instrument.name(), instrument.number(), folders.name());
  }
}
