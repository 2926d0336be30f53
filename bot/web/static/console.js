// What makes the console quicker to use. Every page works without it.
"use strict";

(() => {
  // A list that renews itself must not take away what somebody is in the middle of: ticks, an open menu, the focus.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (part.id && part.id.startsWith("live-") && (part.querySelector("input:checked") || part.contains(document.activeElement))) {
      event.preventDefault();
    }
  });

  // A saved reply goes into the field, to be changed before it is sent.
  document.addEventListener("change", (event) => {
    const menu = event.target;
    if (menu.name !== "saved" || !menu.form) return;
    const text = menu.form.querySelector(`[data-saved="${menu.value}"]`);
    const field = menu.form.elements.namedItem("question");
    if (text && field && field.value.trim() === "") field.value = (text.content || text).textContent;
  });

  // Keys for the queue and a rumour. They can be switched off (WCAG 2.2, 2.1.4), and never work while somebody types.
  const queue = document.querySelector("[data-keys=queue]");
  const rumour = document.querySelector("[data-keys=rumour]");
  if (!queue && !rumour) return;
  const switchName = "vouch-keys";
  let on = localStorage.getItem(switchName) !== "off";
  let at = -1;

  const rows = () => [...queue.querySelectorAll(".v-row")];
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, at + by));
    all.forEach((row, place) => row.classList.toggle("v-row--at", place === at));
    all[at].scrollIntoView({ block: "nearest" });
  };
  const here = () => rows()[at];
  const press = (name) => { const found = document.getElementById(name); if (found) found.click(); };
  const focus = (name) => {
    const found = document.getElementById(name);
    if (!found) return;
    const fold = found.closest("details");
    if (fold) fold.open = true;
    found.focus();
  };
  const keys = queue ? {
    j: () => move(1), k: () => move(-1),
    o: () => { if (here()) here().querySelector("a").click(); },
    x: () => { const box = here() && here().querySelector("input"); if (box) box.checked = !box.checked; },
  } : {
    t: () => press("take-button"), u: () => press("urgent-button"), a: () => focus("write-title"),
    n: () => focus("note-note"), b: () => { location.href = "/console/rumours"; },
  };
  const words = queue
    ? [["j", "next"], ["k", "before"], ["o", "open"], ["x", "tick"]]
    : [["t", "take"], ["u", "urgent"], ["a", "answer"], ["n", "note"], ["b", "back"]];

  const line = document.createElement("div");
  line.className = "v-keys";
  line.setAttribute("role", "note");
  const show = () => {
    line.replaceChildren();
    if (on) for (const [key, word] of words) {
      const box = document.createElement("kbd");
      box.textContent = key;
      line.append(box, ` ${word} `);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = on ? "Keys off" : "Keys on";
    button.addEventListener("click", () => {
      on = !on;
      localStorage.setItem(switchName, on ? "on" : "off");
      show();
    });
    line.append(button);
  };
  document.body.append(line);
  show();

  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
