package dev.morphene.rave.process;

/** The jobs of this build. */
final class RaveJobs {
  private RaveJobs() {}

  static JobRegistry registry() {
    return new JobRegistry();
  }
}
