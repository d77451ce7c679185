// The words of the call as the record has them, asked for twice a second.

const EVERY_MS = 500;
const AFTERWARDS = 4; // times more once the call is over: the last words may still be on their way
const NAMES = { caller: "You", agent: "Agent" };

export class Transcript {
  constructor(list, empty, note) {
    this.list = list;
    this.empty = empty;
    this.note = note;
    this.rows = new Map();
  }

  start(call) {
    this.stop();
    this.list.replaceChildren();
    this.rows.clear();
    this.empty.hidden = false;
    this.note.hidden = true;
    this.call = call;
    this.after = -1;
    this.left = Infinity;
    this.aim(0);
  }

  /** The call is over: a few more looks, then silence. */
  finish() {
    this.left = Math.min(this.left, AFTERWARDS);
  }

  stop() {
    clearTimeout(this.timer);
    this.call = undefined;
  }

  aim(ms) {
    this.timer = setTimeout(() => this.ask(this.call), ms);
  }

  async ask(call) {
    const address = new URL(`transcript/${encodeURIComponent(call)}`, import.meta.url);
    address.searchParams.set("after", this.after);
    let rows = [];
    let fine = false;
    try {
      const answer = await fetch(address);
      fine = answer.ok && !answer.redirected;
      if (fine) rows = await answer.json();
    } catch {
      // told by the note; the next look may fare better
    }
    if (call !== this.call) return;
    this.note.hidden = fine;
    rows.forEach((row) => this.show(row));
    if (--this.left > 0) this.aim(EVERY_MS);
  }

  show({ seq, speaker, text }) {
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 48;
    this.after = Math.max(this.after, seq);
    this.empty.hidden = true;
    let item = this.rows.get(seq);
    if (!item) {
      item = document.createElement("li");
      const who = document.createElement("span");
      who.className = "who";
      who.textContent = NAMES[speaker] ?? speaker.charAt(0).toUpperCase() + speaker.slice(1);
      item.className = speaker === "caller" || speaker === "agent" ? speaker : "other";
      item.append(who, document.createElement("p"));
      this.list.append(item);
      this.rows.set(seq, item);
    }
    item.lastChild.textContent = text;
    if (atEnd) this.list.scrollTop = this.list.scrollHeight;
  }
}
