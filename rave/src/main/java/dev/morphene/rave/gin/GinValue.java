package dev.morphene.rave.gin;

import java.util.List;

/** A value in a gin file. Nothing in one is ever looked up or called. */
public sealed interface GinValue {
  /** {@code 'text'}. */
  record Text(String value) implements GinValue {}

  /** {@code 48000}. */
  record Whole(long value) implements GinValue {}

  /** {@code 1e-6}. */
  record Real(double value) implements GinValue {}

  /** {@code True} or {@code False}. */
  record Truth(boolean value) implements GinValue {}

  /** {@code None}. */
  record Nothing() implements GinValue {}

  /** A list or a tuple. */
  record Sequence(List<GinValue> elements) implements GinValue {
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /** A dictionary, in order of writing. */
  record Table(List<Entry> entries) implements GinValue {
    public Table {
      entries = List.copyOf(entries);
    }
  }

  /** One key of a dictionary. */
  record Entry(GinValue key, GinValue value) {}

  /** {@code %NAME}: the value of that name. */
  record Macro(String name) implements GinValue {}

  /** {@code @module.Class}, or {@code @module.Class()} for what it makes. */
  record Reference(String name, boolean called) implements GinValue {}
}
