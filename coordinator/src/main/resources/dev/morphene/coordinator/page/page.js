"use strict";
const EVERY_MILLIS = 2000, SHOWN_BATCHES = 20, GIBIBYTE = 2 ** 30;
const main = document.getElementById("main");
const asked = new Set(); // jobs whose wait is explained

// Everything from the server is set as text, never as markup.
function make(tag, classes, text, ...children) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text !== undefined && text !== null) node.textContent = text;
  node.append(...children);
  return node;
}
// The key lets the keyboard's focus survive a refresh, which draws everything anew.
function button(key, text, act) {
  const node = make("button", "", text);
  node.dataset.key = key;
  node.onclick = act;
  return node;
}
function bar(classes, share, label) {
  const fill = make("div");
  fill.style.width = Math.min(100, 100 * share) + "%";
  const view = make("div", "bar " + classes, null, fill);
  view.setAttribute("role", "progressbar");
  view.setAttribute("aria-label", label);
  view.setAttribute("aria-valuenow", Math.round(100 * share));
  return view;
}

async function get(path) {
  const answer = await fetch(path, {cache: "no-store"});
  return answer.json();
}
async function post(path, body) {
  const answer = await fetch(path, {method: "POST", body: body === undefined ? undefined : JSON.stringify(body),
    headers: body === undefined ? {} : {"Content-Type": "application/json"}});
  if (!answer.ok) alert((await answer.json()).error);
  refresh();
}

function duration(millis) {
  const minutes = Math.round(millis / 60000);
  if (minutes < 1) return Math.max(1, Math.round(millis / 1000)) + " s";
  if (minutes < 90) return minutes + " min";
  return (minutes / 60).toFixed(1) + " h";
}
function count(number, noun) {
  return number + " " + noun + (number === 1 ? "" : "s");
}
function moment(time) {
  return new Date(time).toLocaleString();
}
function countsWords(counts) {
  return Object.entries(counts).filter(([, jobs]) => jobs > 0).map(([state, jobs]) => jobs + " " + state).join(", ");
}

function queueView(queue) {
  const words = [count(queue.nodes, "node")];
  if (queue.gpus) words.push(queue.gpusBusy + " of " + count(queue.gpus, "GPU") + " busy");
  if (queue.predictedEnd) words.push("all done about " + moment(queue.predictedEnd));
  const act = queue.paused
    ? button("queue", "Resume the queue", () => post("/api/v1/queue/resume"))
    : button("queue", "Pause the queue", () => post("/api/v1/queue/pause"));
  return make("section", "", null, make("div", "top", null, make("h2", "", "Queue"),
    make("span", "soft", [countsWords(queue.counts), ...words].filter(word => word).join(" · ")), act),
    ...(queue.paused ? [make("div", "retrying", "Paused: nothing new is started; what runs goes on.")] : []));
}

function gpuView(device) {
  const used = device.free === undefined ? undefined : device.total - device.free;
  const words = device.fenced ? "fenced: " + device.fenced
    : (used === undefined ? "" : (used / GIBIBYTE).toFixed(1) + " of ") + (device.total / GIBIBYTE).toFixed(1) + " GiB";
  const name = make("span", "", device.name);
  name.title = device.gpu;
  return make("div", "gpu" + (device.fenced ? " fenced" : ""), null, name,
    bar("", used === undefined ? 0 : used / device.total, "memory of " + device.gpu), make("span", "soft", words));
}
function nodeStanding(node) {
  if (!node.alive) return "silent since " + moment(node.lastSeenAt);
  if (node.quarantine) return "quarantined: " + node.quarantine.reason;
  return node.draining ? "draining" : "alive";
}
function nodeView(node) {
  const path = "/api/v1/nodes/" + encodeURIComponent(node.worker) + "/";
  const actions = make("td");
  if (node.quarantine) {
    actions.append(button("release " + node.worker, "Release", () => post(path + "release")));
  } else {
    actions.append(button("quarantine " + node.worker, "Quarantine", () => {
      const reason = prompt("Why is " + node.worker + " to be given nothing new? What runs there goes on.");
      if (reason && reason.trim()) post(path + "quarantine", {reason: reason.trim()});
    }));
  }
  if (node.alive && !node.draining) {
    actions.append(" ", button("drain " + node.worker, "Drain", () => {
      if (confirm(node.worker + " writes checkpoints, gives its jobs back and leaves. Drain it?")) post(path + "drain");
    }));
  }
  const running = node.running.map(attempt => "#" + attempt.job).join(", ");
  return make("tr", "", null,
    make("td", "", node.worker, make("div", "soft", node.kinds.join(", "))),
    make("td", "", null, ...node.devices.map(gpuView)),
    make("td", "", running || "nothing"),
    make("td", node.alive && !node.quarantine ? "soft" : "retrying", nodeStanding(node)), actions);
}
function nodesView(nodes) {
  const alive = nodes.filter(node => node.alive).length;
  const view = make("section", "", null, make("div", "top", null, make("h2", "", "Nodes"),
    make("span", "soft", alive ? alive + " alive" : "none alive; jobs wait until one starts")));
  if (nodes.length) {
    const head = make("tr", "", null, ...["Node", "GPUs", "Runs", "State", ""].map(words => make("th", "", words)));
    view.append(make("div", "wide", null, make("table", "", null, head, ...nodes.map(nodeView))));
  }
  return view;
}

function progressWords(job) {
  const p = job.progress;
  if (job.paused) return "paused";
  if (job.state === "pending" && job.waitsFor) return "waits for job " + job.waitsFor.join(", ");
  if (job.state === "retrying") return "again at " + new Date(job.retryAt).toLocaleTimeString();
  if (!p) return job.state === "running" ? "starting on " + job.worker : "";
  let words = p.stage + " " + p.step.toLocaleString() + " / " + p.totalSteps.toLocaleString();
  if (job.state === "running") {
    if (p.stepsPerSecond) words += ", " + p.stepsPerSecond.toFixed(p.stepsPerSecond < 10 ? 2 : 0) + "/s";
    if (p.remainingMillis) words += ", " + duration(p.remainingMillis) + " left";
    if (p.memory) words += ", " + (p.memory / GIBIBYTE).toFixed(1) + " GiB";
  }
  return words;
}
function actionsView(job) {
  const view = make("div", "actions");
  const act = (what, words) => view.append(" ", button(what + " " + job.id, words, () => post("/api/v1/jobs/" + job.id + "/" + what)));
  const waits = ["pending", "retrying"].includes(job.state);
  if (waits) {
    view.append(button("why " + job.id, asked.has(job.id) ? "Hide" : "Why?", () => {
      if (!asked.delete(job.id)) asked.add(job.id);
      refresh();
    }));
    act(job.paused ? "resume" : "pause", job.paused ? "Resume" : "Pause");
  }
  if (waits || job.state === "running") {
    const cancel = button("cancel " + job.id, job.cancelRequested ? "stopping…" : "Cancel", () => {
      if (confirm("Cancel job " + job.id + " (" + job.name + ")?")) post("/api/v1/jobs/" + job.id + "/cancel");
    });
    cancel.disabled = job.cancelRequested;
    view.append(" ", cancel);
  } else if (["failed", "cancelled"].includes(job.state)) {
    act("retry", "Retry");
  }
  return view;
}
function jobView(job, reasons) {
  const share = job.state === "completed" ? 1 : job.progress ? job.progress.step / job.progress.totalSteps : 0;
  const name = make("div", "", "#" + job.id + " " + job.name + " ");
  name.append(make("span", "soft", (job.instrument && job.instrument.name ? job.instrument.name + ", " : "") + job.kind
    + (job.attempt > 1 ? ", attempt " + job.attempt : "")));
  const view = make("div", "job", null, make("div", "row", null, name,
    make("div", "state " + job.state, job.state),
    make("div", "", null, bar(job.state, share, "progress of job " + job.id), make("div", "soft", progressWords(job))),
    actionsView(job)));
  if (reasons) view.append(make("ul", "why soft", null, ...reasons.map(reason => make("li", "", reason))));
  if (job.error && job.state !== "completed") {
    const error = make("div", "error", null, make("div", "", job.error.class + ": " + job.error.message));
    if (job.error.evidence && job.error.evidence.length) error.append(make("pre", "soft", job.error.evidence.join("\n")));
    if (job.error.suggestedFix) error.append(make("div", "", "Fix: " + job.error.suggestedFix));
    view.append(error);
  }
  return view;
}
async function explanation(id) {
  const why = await get("/api/v1/jobs/" + id + "/why");
  if (!why.reasons) return [why.error];
  return why.predictedStart ? [...why.reasons, "Predicted start: " + moment(why.predictedStart) + "."] : why.reasons;
}
function batchView(batch, reasons) {
  return make("section", "", null,
    make("div", "top", null, make("h2", "", batch.name),
      make("span", "soft", countsWords(batch.counts) + " · " + moment(batch.createdAt))),
    ...batch.jobs.map(job => jobView(job, reasons.get(job.id))));
}

function healthView(health) {
  const troubles = [health.database, health.broker, ...health.notConsuming, ...health.loops.map(loop => loop.state)]
    .filter(words => words !== "connected" && words !== "running");
  sayHealth(health.healthy, health.healthy ? "healthy" : troubles.join(" "));
}
function sayHealth(good, words) {
  const line = document.getElementById("health");
  if (line.textContent !== words) line.textContent = words;
  line.className = good ? "soft" : "trouble";
}
function draw(views) {
  const key = document.activeElement && document.activeElement.dataset.key;
  main.replaceChildren(...views);
  if (key) [...main.querySelectorAll("button")].find(node => node.dataset.key === key)?.focus();
}

let busy = false;
async function refresh() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const [health, queue, nodes, list] = await Promise.all([get("/health"), get("/api/v1/queue"), get("/api/v1/nodes"),
      get("/api/v1/batches?limit=" + SHOWN_BATCHES)]);
    const batches = await Promise.all(list.batches.map(batch => get("/api/v1/batches/" + batch.batch)));
    const waiting = batches.flatMap(batch => batch.jobs).filter(job => asked.has(job.id) && ["pending", "retrying"].includes(job.state));
    const reasons = new Map(await Promise.all(waiting.map(async job => [job.id, await explanation(job.id)])));
    healthView(health);
    draw([queueView(queue), nodesView(nodes.nodes), ...(batches.length ? batches.map(batch => batchView(batch, reasons))
      : [make("section", "soft", "No batches yet. Submit one with the morphene command, by HTTP or by message.")])]);
  } catch (failure) {
    sayHealth(false, "The coordinator does not answer.");
  } finally {
    busy = false;
  }
}
document.addEventListener("visibilitychange", refresh);
refresh();
setInterval(refresh, EVERY_MILLIS);
