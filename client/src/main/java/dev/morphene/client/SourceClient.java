package dev.morphene.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.protocol.source.Readiness;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceView;
import java.util.List;
import java.util.OptionalInt;

/** Where recordings come from, and which instruments have enough of them. */
public final class SourceClient {
  private static final String SOURCES = "/api/v1/sources";
  private static final TypeReference<SourceView> SOURCE = new TypeReference<>() {};

  private final Exchange exchange;

  SourceClient(Exchange exchange) {
    this.exchange = exchange;
  }

  public SourceView add(SourceDraft draft) {
    return exchange.post(SOURCES, draft, SOURCE);
  }

  /**
   * Changes the fields that are named, and takes out those that are null (JSON merge patch, RFC
   * 7396).
   *
   * @param changes fields of {@link SourceDraft}
   */
  public SourceView update(SourceId source, ObjectNode changes) {
    return exchange.patch(of(source), changes, SOURCE);
  }

  public SourceView show(SourceId source) {
    return exchange.get(of(source), SOURCE);
  }

  /** All, or those of one instrument, in order of id. */
  public List<SourceView> list(OptionalInt instrument) {
    return exchange.list(
        SOURCES + (instrument.isPresent() ? "?instrument=" + instrument.getAsInt() : ""),
        "sources",
        new TypeReference<>() {});
  }

  /** The source and its reference clips; the files stay. */
  public void delete(SourceId source) {
    exchange.delete(of(source));
  }

  /** The same file again replaces its description. */
  public SourceView addReference(SourceId source, ReferenceClip clip) {
    return exchange.post(of(source) + "/references", clip, SOURCE);
  }

  public Readiness readiness(int instrument) {
    return exchange.get(
        "/api/v1/instruments/" + instrument + "/readiness", new TypeReference<>() {});
  }

  /** Of all instruments, in order of number. */
  public List<Readiness> summary() {
    return exchange.list("/api/v1/readiness", "instruments", new TypeReference<>() {});
  }

  private static String of(SourceId source) {
    return SOURCES + "/" + source;
  }
}
