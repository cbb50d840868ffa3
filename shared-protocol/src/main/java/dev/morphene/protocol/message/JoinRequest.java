package dev.morphene.protocol.message;

import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import java.util.Optional;

/**
 * A node asks to belong to the cluster; the first thing it says. Asking again is no error.
 *
 * @param version 1
 * @param worker its name, unique in the cluster
 * @param session this life of its process
 * @param host name of the machine, for people; not empty
 * @param token the cluster's join token; may be absent where the coordinator asks for none
 */
public record JoinRequest(
    int version, WorkerId worker, SessionId session, String host, Optional<String> token) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public JoinRequest {
    Required.present(worker, "worker");
    Required.present(session, "session");
    Required.text(host, "host");
    token = token == null ? Optional.empty() : token;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "JoinRequest[" + worker + ", " + session + ", " + host + "]";
  }
}
