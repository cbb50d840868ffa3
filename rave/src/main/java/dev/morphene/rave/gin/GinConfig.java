package dev.morphene.rave.gin;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a gin file says; later lines override earlier ones.
 *
 * @param source the file, for messages
 * @param bindings by the name on the left, in order
 * @param imports lines that name Python modules; they are not followed
 */
public record GinConfig(String source, Map<String, GinBinding> bindings, List<String> imports) {
  /** The largest file that is read; official ones have some ten thousand. */
  static final long MAXIMUM_BYTES = 1 << 20;

  private static final int MAXIMUM_NODES = 100_000;
  private static final int MAXIMUM_DEPTH = 64;

  public GinConfig {
    bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings));
    imports = List.copyOf(imports);
  }

  /**
   * Reads a file; nothing in it is executed.
   *
   * @throws JobFailure UNREADABLE for a file that is missing, too large, or not gin's; the message
   *     names the line and what was expected there
   */
  public static GinConfig read(Path file) {
    try {
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw new JobFailure(
            FailureClass.UNREADABLE,
            file + " is over " + MAXIMUM_BYTES + " bytes, which no config.gin is; restore it.");
      }
      return parse(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " cannot be read: " + e.getMessage() + "; restore it.",
          e);
    }
  }

  /**
   * Reads a text.
   *
   * @param source where it is from, for messages
   * @throws JobFailure UNREADABLE, naming the line and what was expected there
   */
  public static GinConfig parse(String source, String text) {
    return GinReader.read(source, text);
  }

  /**
   * The last binding of a parameter, whatever module its configurable is written with. One without
   * a scope holds everywhere and comes before those of single scopes.
   */
  public Optional<GinBinding> parameter(String configurable, String parameter) {
    return bindings.values().stream()
        .filter(binding -> binding.configurable().equals(configurable))
        .filter(binding -> binding.parameter().equals(parameter))
        .reduce(
            (earlier, later) ->
                later.name().contains("/") && !earlier.name().contains("/") ? earlier : later);
  }

  /** A macro by its name. */
  public Optional<GinBinding> macro(String name) {
    return Optional.ofNullable(bindings.get(name)).filter(GinBinding::isMacro);
  }

  /**
   * A binding's value with macros put in.
   *
   * @throws JobFailure UNREADABLE when one is not defined, contains itself, or all of it is too
   *     much
   */
  public GinValue resolved(GinBinding binding) {
    return new Resolution(binding).of(binding.value(), 0);
  }

  /** Follows macros within bounds: they can be made to contain themselves, or to double. */
  private final class Resolution {
    private final GinBinding binding;
    private int nodes;

    Resolution(GinBinding binding) {
      this.binding = binding;
    }

    GinValue of(GinValue value, int depth) {
      if (depth > MAXIMUM_DEPTH || ++nodes > MAXIMUM_NODES) {
        throw wrong("has macros that contain themselves or far too much");
      }
      if (value instanceof GinValue.Macro macro) {
        GinBinding named =
            macro(macro.name())
                .orElseThrow(() -> wrong("refers to %" + macro.name() + ", which is not defined"));
        return of(named.value(), depth + 1);
      }
      if (value instanceof GinValue.Sequence sequence) {
        List<GinValue> elements = new ArrayList<>();
        sequence.elements().forEach(element -> elements.add(of(element, depth + 1)));
        return new GinValue.Sequence(elements);
      }
      if (value instanceof GinValue.Table table) {
        List<GinValue.Entry> entries = new ArrayList<>();
        table
            .entries()
            .forEach(
                entry ->
                    entries.add(
                        new GinValue.Entry(
                            of(entry.key(), depth + 1), of(entry.value(), depth + 1))));
        return new GinValue.Table(entries);
      }
      return value;
    }

    private JobFailure wrong(String what) {
      return new JobFailure(
          FailureClass.UNREADABLE,
          source
              + " line "
              + binding.line()
              + ": "
              + binding.name()
              + " "
              + what
              + "; restore it.");
    }
  }
}
