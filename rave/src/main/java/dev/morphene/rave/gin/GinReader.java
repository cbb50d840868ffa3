package dev.morphene.rave.gin;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reader of gin's syntax (gin-config 0.5) for files that gin has written: bindings, macros,
 * comments, values over several lines. Imports are noted and not followed; an include would make
 * the text mean more than it says and is refused.
 */
final class GinReader {
  private static final int MAXIMUM_DEPTH = 32;
  private static final int MAXIMUM_STATEMENTS = 10_000;
  private static final int SHOWN = 20;
  private static final char END = '\0';

  private static final String SELECTOR_TEXT = "[A-Za-z_]\\w*(?:[./][A-Za-z_]\\w*)*";
  private static final Pattern SELECTOR = Pattern.compile(SELECTOR_TEXT);
  private static final Pattern IMPORT =
      Pattern.compile("(?:import|from)[ \\t]+[^\\n#]*", Pattern.UNICODE_CASE);
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:\\d[\\d_]*(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");

  private final String source;
  private final String text;
  private int at;
  private int line = 1;

  private final Map<String, GinBinding> bindings = new LinkedHashMap<>();
  private final List<String> imports = new ArrayList<>();

  private GinReader(String source, String text) {
    this.source = source;
    this.text = text;
  }

  static GinConfig read(String source, String text) {
    GinReader reader = new GinReader(source, text.replace("\r\n", "\n"));
    reader.file();
    return new GinConfig(source, reader.bindings, reader.imports);
  }

  private void file() {
    int statements = 0;
    for (skipBlank(true); at < text.length(); skipBlank(true)) {
      if (++statements > MAXIMUM_STATEMENTS) {
        throw wrong("the file's end after " + MAXIMUM_STATEMENTS + " statements");
      }
      statement();
      skipBlank(false);
      if (at < text.length() && peek() != '\n') {
        throw wrong("the end of the line");
      }
    }
  }

  private void statement() {
    Matcher imported = match(IMPORT);
    if (imported != null) {
      imports.add(imported.group().strip());
      return;
    }
    int start = line;
    String name = word(SELECTOR, "a name such as CAPACITY or model.RAVE.n_channels");
    skipBlank(false);
    if (name.equals("include")) {
      throw wrong("no include, whose file may be anything");
    }
    if (peek() != '=') {
      throw wrong("= after " + shortened(name));
    }
    at++;
    skipBlank(false);
    GinBinding binding = GinBinding.of(name, value(0), start);
    bindings.remove(binding.name());
    bindings.put(binding.name(), binding);
  }

  private GinValue value(int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw wrong("brackets at most " + MAXIMUM_DEPTH + " deep");
    }
    char c = peek();
    return switch (c) {
      case '[' -> new GinValue.Sequence(elements(']', depth).values());
      case '(' -> {
        Elements elements = elements(')', depth);
        yield elements.values().size() == 1 && !elements.comma()
            ? elements.values().get(0)
            : new GinValue.Sequence(elements.values());
      }
      case '{' -> table(depth);
      case '\'', '"' -> text(depth);
      case '%' -> {
        at++;
        yield new GinValue.Macro(word(SELECTOR, "the name of a macro after %"));
      }
      case '@' -> reference();
      default -> plain();
    };
  }

  private GinValue reference() {
    at++;
    String name = word(SELECTOR, "the name of a class or function after @");
    boolean called = text.startsWith("()", at);
    at += called ? 2 : 0;
    return new GinValue.Reference(name, called);
  }

  private GinValue plain() {
    Matcher number = match(NUMBER);
    if (number != null) {
      return number(number.group().replace("_", ""));
    }
    Matcher word = match(SELECTOR);
    if (word != null) {
      switch (word.group()) {
        case "True":
          return new GinValue.Truth(true);
        case "False":
          return new GinValue.Truth(false);
        case "None":
          return new GinValue.Nothing();
        default:
          at -= word.group().length();
      }
    }
    throw wrong("a value: a number, a text, True, False, None, a list, %MACRO or @reference");
  }

  private GinValue number(String digits) {
    try {
      return digits.matches("[+-]?\\d+")
          ? new GinValue.Whole(Long.parseLong(digits))
          : new GinValue.Real(finite(Double.parseDouble(digits)));
    } catch (NumberFormatException outOfRange) {
      throw wrong("a number that fits, not " + shortened(digits));
    }
  }

  private static double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new NumberFormatException("too large");
    }
    return value;
  }

  /**
   * @param comma whether the last one, or any, was followed by a comma
   */
  private record Elements(List<GinValue> values, boolean comma) {}

  private Elements elements(char close, int depth) {
    at++;
    List<GinValue> values = new ArrayList<>();
    boolean comma = false;
    skipBlank(true);
    while (peek() != close) {
      values.add(value(depth + 1));
      skipBlank(true);
      if (peek() == ',') {
        comma = true;
        at++;
        skipBlank(true);
      } else if (peek() != close) {
        throw wrong(", or " + close);
      }
    }
    at++;
    return new Elements(values, comma);
  }

  private GinValue table(int depth) {
    at++;
    List<GinValue.Entry> entries = new ArrayList<>();
    skipBlank(true);
    while (peek() != '}') {
      GinValue key = value(depth + 1);
      skipBlank(true);
      if (peek() != ':') {
        throw wrong(": after a key");
      }
      at++;
      skipBlank(true);
      entries.add(new GinValue.Entry(key, value(depth + 1)));
      skipBlank(true);
      if (peek() == ',') {
        at++;
        skipBlank(true);
      } else if (peek() != '}') {
        throw wrong(", or }");
      }
    }
    at++;
    return new GinValue.Table(entries);
  }

  /** Texts one after the other are one text; gin breaks long ones so, inside brackets. */
  private GinValue text(int depth) {
    StringBuilder all = new StringBuilder();
    while (peek() == '\'' || peek() == '"') {
      all.append(quoted(peek()));
      skipBlank(depth > 0);
    }
    return new GinValue.Text(all.toString());
  }

  private String quoted(char quote) {
    String triple = String.valueOf(quote).repeat(3);
    boolean long3 = text.startsWith(triple, at);
    String end = long3 ? triple : String.valueOf(quote);
    at += end.length();
    StringBuilder content = new StringBuilder();
    while (!text.startsWith(end, at)) {
      char c = peek();
      if (at >= text.length() || c == '\n' && !long3) {
        throw wrong("the closing " + end);
      }
      if (c == '\\') {
        at++;
        escape(content);
      } else {
        line += c == '\n' ? 1 : 0;
        content.append(c);
        at++;
      }
    }
    at += end.length();
    return content.toString();
  }

  private void escape(StringBuilder content) {
    char c = peek();
    at++;
    switch (c) {
      case '\n' -> line++;
      case 'n' -> content.append('\n');
      case 't' -> content.append('\t');
      case 'r' -> content.append('\r');
      case '\\', '\'', '"' -> content.append(c);
      case 'x' -> content.append(code(2));
      case 'u' -> content.append(code(4));
      // What Python leaves as it is.
      default -> content.append('\\').append(c);
    }
  }

  private char code(int digits) {
    int end = Math.min(text.length(), at + digits);
    String hexadecimal = text.substring(Math.min(at, end), end);
    if (!hexadecimal.matches("[0-9a-fA-F]{" + digits + "}")) {
      throw wrong(digits + " hexadecimal digits");
    }
    at = end;
    return (char) Integer.parseInt(hexadecimal, 16);
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  /** Spaces, comments, lines that a backslash continues; other line ends only between brackets. */
  private void skipBlank(boolean alsoLines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c == '\\' && text.startsWith("\n", at + 1)) {
        at += 2;
        line++;
      } else if (c == ' ' || c == '\t' || c == '\f') {
        at++;
      } else if (c == '\n' && alsoLines) {
        at++;
        line++;
      } else {
        return;
      }
    }
  }

  private Matcher match(Pattern pattern) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher;
  }

  private String word(Pattern pattern, String expected) {
    Matcher matcher = match(pattern);
    if (matcher == null) {
      throw wrong(expected);
    }
    return matcher.group();
  }

  private JobFailure wrong(String expected) {
    int end = text.indexOf('\n', Math.min(at, text.length()));
    String rest = text.substring(Math.min(at, text.length()), end < 0 ? text.length() : end);
    return new JobFailure(
        FailureClass.UNREADABLE,
        source
            + " line "
            + line
            + ": expected "
            + expected
            + ", found "
            + (rest.isBlank() ? "nothing" : "\"" + shortened(rest) + "\"")
            + "; use the file as the trainer wrote it.");
  }

  private static String shortened(String found) {
    String printable = found.replaceAll("[^ -~]", "?");
    return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "…" : printable;
  }
}
