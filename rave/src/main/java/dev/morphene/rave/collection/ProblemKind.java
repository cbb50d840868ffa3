package dev.morphene.rave.collection;

/** What can be wrong with a source, each with what to do about it. */
public enum ProblemKind {
  /** The file is not there. */
  MISSING("put it back, or name the source's files anew"),
  /** The file is no sound, damaged or cut off. */
  UNUSABLE("copy or export it again, or take it off the source's files"),
  /** More than one channel. */
  CHANNELS("preprocess makes it mono"),
  /** Another sampling rate. */
  SAMPLING_RATE("preprocess makes it 48 kHz"),
  /** Too loud, too quiet or silent. */
  LOUDNESS("preprocess brings it to -14 LUFS"),
  /** Flat tops at full scale. */
  CLIPPING("record or export it again at a lower level"),
  /** Much silence at the ends or between takes. */
  SILENCE("preprocess trims it"),
  /** The same sound is counted twice. */
  DUPLICATE("keep one of the two"),
  /** The record says another length than the files have. */
  DURATION("write the measured length into the record");

  private final String fix;

  ProblemKind(String fix) {
    this.fix = fix;
  }

  public String fix() {
    return fix;
  }
}
