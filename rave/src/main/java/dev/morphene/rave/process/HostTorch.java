package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The libtorch that a host of instruments was built with: 2.0 in releases 1.4.5 to 1.5.6 of nn~,
 * 2.5 in 1.6.0.
 */
public record HostTorch(int major, int minor) implements Comparable<HostTorch> {
  private static final Pattern RELEASE = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})(\\.\\d{1,3})?");

  /**
   * @param word a release: {@code 2.5}, {@code 2.5.1}
   * @throws IllegalArgumentException for anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static HostTorch of(String word) {
    Matcher release = RELEASE.matcher(word);
    if (!release.matches()) {
      throw new IllegalArgumentException(
          "A libtorch is named by its release, 1.13, 2.0 or 2.5 for instance, not \""
              + word
              + "\".");
    }
    return new HostTorch(Integer.parseInt(release.group(1)), Integer.parseInt(release.group(2)));
  }

  @Override
  public int compareTo(HostTorch other) {
    return Comparator.comparingInt(HostTorch::major)
        .thenComparingInt(HostTorch::minor)
        .compare(this, other);
  }

  @JsonValue
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
