package dev.morphene.rave.audit;

/**
 * A sound as a point: mean and standard deviation over time of each log-mel band. Time-averaged
 * statistics of bands are what listeners keep of a texture (McDermott and Simoncelli 2011), and
 * they do not depend on where in the phrase a sound is.
 */
final class TimbrePoint {
  private final double[] coordinates;

  private TimbrePoint(double[] coordinates) {
    this.coordinates = coordinates;
  }

  static TimbrePoint of(float[] samples, int samplingRateHz) {
    double[][] levels = LogMelSpectrogram.of(samples, samplingRateHz);
    double[] coordinates = new double[2 * LogMelSpectrogram.BANDS];
    for (int band = 0; band < LogMelSpectrogram.BANDS; band++) {
      double sum = 0;
      double squares = 0;
      for (double[] frame : levels) {
        sum += frame[band];
        squares += frame[band] * frame[band];
      }
      double mean = sum / levels.length;
      coordinates[band] = mean;
      coordinates[LogMelSpectrogram.BANDS + band] =
          Math.sqrt(Math.max(0, squares / levels.length - mean * mean));
    }
    return new TimbrePoint(coordinates);
  }

  /** Root mean square over the coordinates, dB. */
  double distance(TimbrePoint other) {
    double sum = 0;
    for (int index = 0; index < coordinates.length; index++) {
      sum += Math.pow(coordinates[index] - other.coordinates[index], 2);
    }
    return Math.sqrt(sum / coordinates.length);
  }

  /** Where this point lies along the line from {@code start} (0) to {@code end} (1). */
  double positionBetween(TimbrePoint start, TimbrePoint end) {
    double product = 0;
    double norm = 0;
    for (int index = 0; index < coordinates.length; index++) {
      double along = end.coordinates[index] - start.coordinates[index];
      product += (coordinates[index] - start.coordinates[index]) * along;
      norm += along * along;
    }
    return norm == 0 ? 0 : product / norm;
  }
}
