// The call page: the transcript follows the recording, and the page follows the call while it runs.
"use strict";

const call = document.getElementById("call");
if (call) {
  followRecording(call);
  if (call.dataset.live) followCall(call);
}

function followRecording(root) {
  // one listener for all turns: they are replaced while the call runs
  root.addEventListener("click", (event) => {
    const turn = event.target.closest("li[data-from]");
    const audio = document.getElementById("audio");
    if (!turn || !audio || !getSelection().isCollapsed) return;
    audio.currentTime = Number(turn.dataset.from) / 1000;
    audio.play().catch(() => {});
  });
  document.getElementById("audio")?.addEventListener("timeupdate", (event) => mark(event.target.currentTime * 1000));
}

function mark(nowMs) {
  for (const turn of document.querySelectorAll("li[data-from]")) {
    const sounding = nowMs >= Number(turn.dataset.from) && nowMs < Number(turn.dataset.to);
    if (sounding === turn.classList.contains("sounding")) continue;
    turn.classList.toggle("sounding", sounding);
    if (sounding) turn.scrollIntoView({ block: "nearest" });
  }
}

async function followCall(root) {
  const parts = document.getElementById("parts");
  let last = Number(root.dataset.last);
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    try {
      const answer = await fetch(`/api/v1/calls/${root.dataset.call}/events?after=${last}`);
      if (answer.status === 401 || answer.status === 403) return location.reload();
      if (!answer.ok) continue;
      const news = await answer.json();
      if (news.ended) return location.reload();
      if (news.last === last) continue;
      const fresh = await fetch(`/calls/${root.dataset.call}/parts`);
      if (!fresh.ok) continue;
      const open = document.getElementById("events")?.open;
      // our own server's escaped markup
      parts.innerHTML = await fresh.text();
      const events = document.getElementById("events");
      if (events && open) events.open = true;
      last = news.last;
    } catch {
      // the server is away; the next second asks again
    }
  }
}
