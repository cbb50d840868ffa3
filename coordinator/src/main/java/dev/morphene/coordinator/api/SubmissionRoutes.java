package dev.morphene.coordinator.api;

import dev.morphene.coordinator.job.OperatorRefusal;
import dev.morphene.coordinator.submission.SubmissionPlan;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import io.vertx.ext.web.RoutingContext;

/** Submitting, and asking what would become of it. */
public final class SubmissionRoutes implements RouteGroup {
  private final Submissions submissions;
  private final SubmissionPlan plan;

  public SubmissionRoutes(Submissions submissions, SubmissionPlan plan) {
    this.submissions = submissions;
    this.plan = plan;
  }

  @Override
  public void addTo(Endpoints endpoints) {
    endpoints.post("/api/v1/submissions", this::submit);
  }

  private Answer submit(RoutingContext context) throws MalformedMessage {
    boolean dryRun = Requests.flag(context, "dryRun");
    Submission submission = Requests.body(context, Submission.class);
    if (dryRun) {
      return Answer.ok(plan.of(submission));
    }
    SubmissionReply reply = submissions.accept(submission);
    if (reply instanceof SubmissionReply.Refused refused) {
      throw refused.mayWorkLater()
          ? new OperatorRefusal(OperatorRefusal.Reason.WRONG_STATE, refused.message())
          : new IllegalArgumentException(refused.message());
    }
    boolean known = ((SubmissionReply.Accepted) reply).alreadyKnown();
    return Answer.of(known ? 200 : 201, reply);
  }
}
