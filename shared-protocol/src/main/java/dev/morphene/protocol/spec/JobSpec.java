package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;

/**
 * What a job is to do. All paths are absolute, on storage that every node sees under the same name.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PreprocessSpec.class, name = "preprocess"),
  @JsonSubTypes.Type(value = TrainSpec.class, name = "train"),
  @JsonSubTypes.Type(value = AuditSpec.class, name = "audit"),
  @JsonSubTypes.Type(value = ExportSpec.class, name = "export")
})
public sealed interface JobSpec permits PreprocessSpec, TrainSpec, AuditSpec, ExportSpec {
  @JsonIgnore
  JobKind kind();

  /** GPU memory to expect before anything was measured; zero for kinds that need none. */
  @JsonIgnore
  default ByteSize expectedMemory() {
    return new ByteSize(0);
  }
}
