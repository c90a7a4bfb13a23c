// The top view of a person's stack as a dialog. What is typed stays when the app changes the view around it.
import { blocks, field, text } from "./blocks.js";
import { element, send } from "./page.js";

let shown = "";
let fields = [];

export function modal(seen, dialog) {
  const view = seen.views.at(-1);
  if (!view) {
    shown = "";
    if (dialog.open) dialog.close();
    return;
  }
  const now = JSON.stringify([view.id, view.hash, view.errors]);
  if (now === shown) return;
  const kept = JSON.parse(shown || "[]")[0] === view.id ? fields : [];
  shown = now;
  draw(seen, view, dialog, kept);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[aria-invalid]")?.focus();
}

function draw(seen, view, dialog, kept) {
  const before = Object.fromEntries(kept.map((f) => [f.key, f.control]));
  const name = (user) => seen.people.find((p) => p.id === user)?.real_name || user;
  const context = { seen, name, values: view.state.values, act: (block_id, action_id, value) => send("click", { view_id: view.id, block_id, action_id, value }) };
  fields = [];
  const body = view.blocks.flatMap((block) => (block.type === "input" ? [input(block, view, context, before)] : blocks([block], context)));
  const cancel = () => send("dismiss", { view_id: view.id });
  const submit = view.submit ? element("button", { class: "primary" }, ...text(view.submit, name)) : null;
  const form = element("form", { method: "dialog" },
    element("header", {}, element("h2", { id: "modal-title" }, ...text(view.title, name)), element("button", { type: "button", "aria-label": "Close", onclick: cancel }, "✕")),
    element("div", { class: "body" }, ...body),
    element("footer", {}, element("button", { type: "button", onclick: cancel }, view.close?.text || "Cancel"), submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const values = {};
    try {
      for (const f of fields) values[f.key.split("\n")[1]] = f.files ? await Promise.all([...f.read()].map(attached)) : f.read();
      await send("submit", { view_id: view.id, values });
    } finally { submit.disabled = false; }
  });
  dialog.oncancel = (event) => { event.preventDefault(); cancel(); };
  dialog.replaceChildren(form);
}

const attached = async (file) => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let raw = "";
  for (let at = 0; at < bytes.length; at += 32768) raw += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { name: file.name, type: file.type, base64: btoa(raw) };
};

function input(block, view, context, before) {
  const e = block.element;
  const key = `${block.block_id}\n${e.action_id}`;
  const made = field(e, (view.state.values[block.block_id] || {})[e.action_id] || {}, context, key);
  if (!made) return element("p", { class: "hint" }, `(${e.type} is not drawn here)`);
  if (before[key]?.value && before[key].tagName === made.control.tagName && e.type !== "file_input") made.control.value = before[key].value;
  fields.push({ ...made, key });
  if (block.dispatch_action) made.control.addEventListener("change", () => context.act(block.block_id, e.action_id, made.read()));
  const error = view.errors[block.block_id];
  const about = `${made.id}-about`;
  made.control.setAttribute("aria-describedby", about);
  if (error) made.control.setAttribute("aria-invalid", "true");
  return element("div", { class: "block input" },
    element("label", { for: made.id }, ...text(block.label, context.name), block.optional ? element("span", { class: "hint" }, " (optional)") : null),
    made.control,
    element("p", { id: about, class: error ? "error" : "hint" }, error || "", ...(error ? [] : text(block.hint, context.name))));
}
