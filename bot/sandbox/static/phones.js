"use strict";
// Phones in the browser. The server renders; this file keeps what is on screen in step and passes on what a person does.

const api = (person, act) => `/sandbox/api/people/${person}/${act}`;
const phones = new Map();

class Phone {
  constructor(root) {
    this.root = root;
    this.person = root.dataset.person;
    this.list = root.querySelector(".messages");
    this.composer = root.querySelector(".composer");
    this.box = this.composer.elements.text;
    this.editing = null;
    this.answer = null;
    this.busy = false;
    this.again = false;
    this.update(root.querySelector("template.first").content.querySelector(".fresh"), true);
    root.addEventListener("click", (event) => this.clicked(event));
    this.composer.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    this.box.addEventListener("input", () => { this.grow(); this.typeInline(); });
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeSheets(); });
    for (const input of root.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.upload(input));
    }
  }

  // One renewal at a time; a change in between asks for one more.
  async refresh() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      do {
        this.again = false;
        const response = await fetch(`/phones/${this.person}/chat`);
        if (!response.ok) return;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        this.update(page.querySelector(".fresh"), false);
      } while (this.again);
    } catch { /* the stream reconnects and asks again */ } finally { this.busy = false; }
  }

  update(fresh, first) {
    const list = this.list;
    const atEnd = first || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const mine = this.merge(fresh.querySelector("ol"));
    this.root.dataset.state = fresh.dataset.state;
    this.root.querySelector(".status").textContent = fresh.dataset.action || "bot";
    if (fresh.dataset.action) setTimeout(() => this.refresh(), 5200);
    this.replace(".keys", fresh.querySelector(".fresh-keys"));
    this.replace('[data-sheet="commands"]', fresh.querySelector(".fresh-commands"));
    const keys = this.root.querySelector(".keys");
    keys.hidden = !keys.childElementCount;
    this.showAnswer(fresh.dataset, first);
    if (atEnd || mine) this.toEnd();
    for (const img of list.querySelectorAll("img:not([data-seen])")) {
      img.dataset.seen = "1";
      img.addEventListener("load", () => { if (atEnd) this.toEnd(); });
    }
  }

  toEnd() { this.list.scrollTop = this.list.scrollHeight; }

  // Lines that have not changed stay as they are, so that a voice message plays on.
  merge(fresh) {
    const old = new Map([...this.list.children].map((line) => [line.dataset.key, line]));
    let mine = false;
    let place = null;
    for (const line of [...fresh.children]) {
      const known = old.get(line.dataset.key);
      const same = known && known.dataset.rev === line.dataset.rev;
      const kept = same ? known : document.importNode(line, true);
      if (!known && line.classList.contains("out")) mine = true;
      if (known && !same) known.replaceWith(kept);
      old.delete(line.dataset.key);
      const wanted = place ? place.nextSibling : this.list.firstChild;
      if (wanted !== kept) this.list.insertBefore(kept, wanted);
      place = kept;
    }
    for (const line of old.values()) line.remove();
    return mine;
  }

  replace(selector, fresh) {
    const target = this.root.querySelector(selector);
    if (target.innerHTML !== fresh.innerHTML) {
      target.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    }
  }

  showAnswer(data, first) {
    if (!data.answer || data.answer === this.answer) return;
    this.answer = data.answer;
    for (const key of this.root.querySelectorAll(".key.waiting")) key.classList.remove("waiting");
    if (first || !data.answerText) return;
    if (data.answerAlert) {
      const alert = this.root.querySelector(".alert");
      alert.querySelector("p").textContent = data.answerText;
      alert.hidden = false;
      alert.querySelector("button").focus({ preventScroll: true });
    } else {
      this.toast(data.answerText);
    }
  }

  toast(words) {
    const toast = this.root.querySelector(".toast");
    toast.textContent = words;
    toast.dir = "auto";
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 4000);
  }

  async act(name, fields) {
    const body = fields instanceof FormData ? fields : JSON.stringify(fields || {});
    const headers = fields instanceof FormData ? {} : { "Content-Type": "application/json" };
    try {
      const response = await fetch(api(this.person, name), { method: "POST", body, headers });
      const result = await response.json();
      if (!response.ok) this.toast(result.error);
      return response.ok;
    } catch {
      this.toast("No connection to the stand-in.");
      return false;
    } finally {
      this.refresh();
    }
  }

  async send() {
    const text = this.box.value;
    if (!text.trim()) return;
    const done = this.editing
      ? await this.act("edit", { message_id: this.editing, text })
      : await this.act("text", { text });
    if (!done) return;
    this.editing = null;
    this.composer.classList.remove("editing");
    this.box.value = "";
    this.grow();
  }

  // "@bot words" asks the bot while one types, in whichever chat: here in its own.
  typeInline() {
    const found = this.box.value.match(new RegExp(`^@${this.root.dataset.bot}\\s(.*)$`, "is"));
    clearTimeout(this.inlineTimer);
    const sheet = this.root.querySelector('[data-sheet="inline"]');
    if (!found) { sheet.hidden = true; return; }
    this.inlineTimer = setTimeout(() => this.askInline(found[1].trim(), sheet), 300);
  }

  async askInline(query, sheet) {
    try {
      const asked = await fetch(api(this.person, "inline"), {
        method: "POST", body: JSON.stringify({ query }), headers: { "Content-Type": "application/json" } });
      const { query_id: id } = await asked.json();
      for (let tries = 0; tries < 50; tries += 1) {
        const answer = await (await fetch(`/sandbox/api/queries/${id}`)).json();
        if (answer.results) { this.showInline(id, answer, sheet); return; }
        await new Promise((resolve) => { setTimeout(resolve, 100); });
      }
    } catch { this.toast("No connection to the stand-in."); }
  }

  showInline(id, answer, sheet) {
    const rows = answer.results.map((each) => {
      const row = document.createElement("button");
      row.type = "button";
      row.className = "command-row";
      row.dataset.choose = JSON.stringify({ query_id: id, result_id: each.id });
      row.dataset.testid = "inline-result";
      row.dir = "auto";
      const title = document.createElement("b");
      title.textContent = each.title;
      row.append(title, document.createElement("br"), each.description || "");
      return row;
    });
    if (answer.button) {
      const more = document.createElement("button");
      more.type = "button";
      more.className = "command-row";
      more.dataset.say = `/start ${answer.button.start_parameter}`;
      more.textContent = answer.button.text;
      more.dir = "auto";
      rows.unshift(more);
    }
    sheet.replaceChildren(...rows);
    sheet.hidden = false;
  }

  async choose(button) {
    this.closeSheets();
    if (await this.act("choose", JSON.parse(button.dataset.choose))) { this.box.value = ""; this.grow(); }
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 120)}px`;
  }

  async upload(input) {
    if (!input.files.length) return;
    const form = new FormData();
    form.append("file", input.files[0]);
    if (this.box.value.trim() && input.dataset.kind !== "voice") form.append("caption", this.box.value.trim());
    this.closeSheets();
    if (await this.act(input.dataset.kind, form)) { this.box.value = ""; this.grow(); }
    input.value = "";
  }

  clicked(event) {
    const spoiler = event.target.closest(".spoiler");
    if (spoiler) spoiler.classList.add("open");
    const button = event.target.closest("button");
    if (!button) { if (!event.target.closest(".sheet, .menu")) this.closeSheets(); return; }
    const data = button.dataset;
    if (data.do) this.open(data.do, button);
    else if (data.press) this.press(button);
    else if (data.choose) this.choose(button);
    else if (data.act) this.then(this.act(data.act, data.fields ? JSON.parse(data.fields) : this.payload(data.act)));
    else if (data.sample) this.then(this.act(data.sample, { sample: data.sample }));
    else if (data.say) this.then(this.act("text", { text: data.say }));
    else if (data.text) this.then(this.act("forward", { text: data.text, origin: data.origin, name: data.name }));
    else if (data.forward) this.then(this.act("forward", { message_id: Number(data.forward) }));
    else if (data.edit) this.edit(button);
    else if (button.classList.contains("command")) this.then(this.act("text", { text: button.textContent }));
  }

  then(done) { this.closeSheets(); return done; }

  // A link such as /phones/ID?start=PAYLOAD is what a poster's deep link would open.
  payload(act) {
    const given = new URLSearchParams(location.search).get("start");
    return act === "start" && given ? { payload: given } : {};
  }

  press(button) {
    button.classList.add("waiting");
    setTimeout(() => button.classList.remove("waiting"), 15000);
    const message = button.closest("[data-message]").dataset.message;
    this.act("press", { message_id: Number(message), data: button.dataset.press });
  }

  edit(button) {
    this.editing = Number(button.dataset.edit);
    this.box.value = button.closest(".bubble").querySelector(".words").textContent;
    this.composer.classList.add("editing");
    this.grow();
    this.box.focus();
  }

  open(what, button) {
    if (what === "close-alert") { button.closest(".alert").hidden = true; return; }
    const target = what === "menu" ? this.root.querySelector(".menu") : this.root.querySelector(`[data-sheet="${what}"]`);
    const show = target.hidden;
    this.closeSheets();
    target.hidden = !show;
    button.setAttribute("aria-expanded", String(show));
  }

  closeSheets() {
    for (const sheet of this.root.querySelectorAll(".sheet, .menu")) sheet.hidden = true;
    for (const button of this.root.querySelectorAll("[aria-expanded]")) button.setAttribute("aria-expanded", "false");
  }
}

const find = document.getElementById("find");
let listTimer = null;

function renewList(wait) {
  if (!find || listTimer) return;
  listTimer = setTimeout(async () => {
    listTimer = null;
    try {
      const wanted = new URLSearchParams({ show: document.body.dataset.show, find: find.value });
      const response = await fetch(`/phones/list?${wanted}`);
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const nodes = [...page.body.childNodes].map((node) => document.importNode(node, true));
      document.getElementById("people").replaceChildren(...nodes);
    } catch { /* the next change asks again */ }
  }, wait);
}

function listen() {
  const stream = new EventSource(`/phones/events?show=${document.body.dataset.show}`);
  stream.onopen = () => { for (const phone of phones.values()) phone.refresh(); };
  stream.onmessage = (event) => {
    for (const person of JSON.parse(event.data).people) phones.get(String(person))?.refresh();
    renewList(800);
  };
}

for (const root of document.querySelectorAll(".phone")) phones.set(root.dataset.person, new Phone(root));
find?.addEventListener("input", () => renewList(150));
listen();
