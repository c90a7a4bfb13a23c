// The page: asks for what its person sees, draws it, sends what the person does. No page but this one is told anything.
import { blocks, said } from "./blocks.js";
import { modal } from "./modal.js";

const $ = (id) => document.getElementById(id);
const state = { me: localStorage.getItem("me") || $("me").value, channel: "", after: "", thread: "", tab: "messages", seen: null };
if ([...$("me").options].some((o) => o.value === state.me)) $("me").value = state.me;
state.me = $("me").value;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

export async function send(deed, told) {
  trouble("");
  if (!state.seen) await look();
  const body = told instanceof FormData ? told : JSON.stringify({ as: state.me, channel: state.seen.channel.id, ...told });
  if (told instanceof FormData) { told.set("as", state.me); told.set("channel", state.seen.channel.id); }
  const answer = await fetch(`/client/${deed}`, { method: "POST", body });
  if (!answer.ok) trouble((await answer.json()).error);
  await look();
  return answer.ok;
}

async function look() {
  const { me, channel, after } = state;
  const answer = await fetch(`/client/state?${new URLSearchParams({ as: me, channel, after })}`);
  const seen = answer.status === 200 && await answer.json();
  if (!seen || me !== state.me || channel !== state.channel) return; // nothing new, or they are elsewhere by now
  state.seen = seen;
  state.after = String(state.seen.changes);
  draw();
}

async function watch() {
  try { await look(); $("trouble").dataset.lost && (trouble(""), delete $("trouble").dataset.lost); }
  catch { trouble("The stand-in has stopped."); $("trouble").dataset.lost = "1"; }
  setTimeout(watch, 600);
}

function go(channel) {
  Object.assign(state, { channel, after: "", thread: "", tab: "messages" });
  trouble("");
  return look();
}

const name = (user) => state.seen.people.find((p) => p.id === user)?.real_name || user;

function draw() {
  const { seen } = state;
  state.channel = seen.channel.id;
  const direct = seen.channel.kind === "im";
  $("channels").replaceChildren(...seen.channels.map((c) => element("li", {}, element("button", {
    type: "button", "aria-current": String(c.id === seen.channel.id), onclick: () => go(c.id),
  }, `${c.kind === "group" ? "◇" : "#"} ${c.name}${c.shared.length ? " ⇄" : ""}`))));
  $("direct").setAttribute("aria-current", direct);
  $("where").textContent = direct ? seen.app.name : `${seen.channel.kind === "group" ? "◇" : "#"} ${seen.channel.name}`;
  $("topic").textContent = [seen.channel.kind === "group" && "private", seen.channel.topic, seen.channel.shared.length && `shared with ${seen.channel.shared.join(", ")}`,
    !seen.channel.app_is_in && `${seen.app.name} is not in this channel`].filter(Boolean).join(" · ");
  $("tabs").hidden = !direct;
  const home = direct && state.tab === "home";
  $("tab-home").setAttribute("aria-pressed", home);
  $("tab-messages").setAttribute("aria-pressed", !home);
  $("home").hidden = !home;
  $("messages").hidden = $("composer").hidden = home;
  if (home) $("home").replaceChildren(...(seen.home ? blocks(seen.home.blocks, context({ view_id: seen.home.id }, seen.home.state.values))
    : [element("p", { class: "hint" }, `${seen.app.name} has put nothing here yet.`)]));
  $("shortcuts").lastElementChild.replaceChildren(...seen.app.global_shortcuts.map((s) => element("button", {
    type: "button", onclick: () => { $("shortcuts").open = false; send("shortcut", { callback_id: s.id }); },
  }, s.name)));
  redraw($("messages"), seen.messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts), false);
  const thread = seen.messages.filter((m) => state.thread && (m.ts === state.thread || m.thread_ts === state.thread));
  $("thread").hidden = !thread.length;
  if (thread.length) redraw($("replies"), thread, true);
  else $("replies").replaceChildren();
  modal(seen, $("modal"));
}

function redraw(list, messages, threaded) {
  const below = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const held = document.activeElement?.closest("[data-key]")?.dataset.key;
  const within = list.contains(document.activeElement);
  const extra = threaded ? assistant(state.thread) : [];
  if (!messages.length) extra.push(element("p", { class: "hint empty" }, `Nobody has said anything here yet. Write to @${state.seen.app.name}, or type ${state.seen.app.commands[0]}.`));
  list.replaceChildren(...messages.map((m) => message(m, threaded)), ...extra);
  if (below) list.scrollTop = list.scrollHeight;
  if (within && held) list.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function assistant(ts) {
  const thread = state.seen.threads[ts];
  if (!thread) return [];
  const prompts = (thread.prompts || []).map((p) => element("button", { type: "button", onclick: () => words(p.message, ts) }, p.title));
  return [thread.status && element("p", { class: "status" }, `${state.seen.app.name} ${thread.status}`),
    prompts.length && element("div", { class: "prompts" }, ...prompts)].filter(Boolean);
}

function context(on, values = {}) {
  return { seen: state.seen, values, name, go, act: (block_id, action_id, value) => send("click", { ...on, block_id, action_id, value }) };
}

function message(m, threaded) {
  const { seen } = state;
  const person = seen.people.find((p) => p.id === m.user) || { what: "" };
  const at = new Date(Number(m.ts) * 1000);
  const body = element("div", {},
    element("span", { class: "who" }, name(m.user)),
    person.what ? element("span", { class: "tag" }, person.what) : null,
    element("time", { datetime: at.toISOString() }, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
    m.edited ? element("span", { class: "tag" }, "edited") : null,
    m.ephemeral ? element("p", { class: "hint" }, "Only visible to you") : null,
    ...(m.blocks?.length && !m.streaming ? blocks(m.blocks, context({ ts: m.ts }, seen.channel.states[m.ts])) : [element("div", { class: "said" }, ...said(m.text, name, m.streaming))]),
    ...m.files.map(file),
    m.reactions ? element("p", {}, ...m.reactions.map((r) => element("span", { class: "tag" }, `:${r.name}: ${r.count}`))) : null);
  const thread = state.seen.threads[m.ts];
  const count = m.reply_count || 0;
  if (!threaded && (count || thread)) body.append(element("button", { type: "button", class: "thread-link", "data-key": `thread-${m.ts}`, onclick: () => open(m.ts) },
    thread?.title ? `${thread.title} · ` : "", count === 1 ? "1 reply" : count ? `${count} replies` : "Open conversation"));
  return element("article", { class: m.ephemeral ? "ephemeral" : null, "data-ts": m.ts }, face(m), body, more(m, threaded));
}

function face(m) {
  if (m.by_app) return element("img", { src: "/static/app.svg", alt: "" });
  const made = element("span", { class: "face", "aria-hidden": "true" }, name(m.user).split(" ").map((word) => word[0]).slice(0, 2).join(""));
  made.style.background = `hsl(${[...m.user].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7)} 35% 38%)`;
  return made;
}

function more(m, threaded) {
  const menu = element("details", { class: "menu" }, element("summary", { "aria-label": "More actions", "data-key": `more-${m.ts}` }, "⋯"));
  const choices = element("div");
  if (!threaded && !m.ephemeral) choices.append(element("button", { type: "button", onclick: () => open(m.ts) }, "Reply in thread"));
  if (!m.ephemeral) for (const s of state.seen.app.message_shortcuts) choices.append(element("button", {
    type: "button", onclick: () => { menu.open = false; send("shortcut", { callback_id: s.id, ts: m.ts }); },
  }, s.name));
  if (!choices.children.length) return null;
  menu.append(choices);
  return menu;
}

function file(f) {
  const url = `/client/file/${f.id}?as=${state.me}`;
  const size = f.size < 1000 ? `${f.size} B` : `${Math.round(f.size / 1000)} kB`;
  return element("div", { class: "file" }, element("a", { href: url, download: f.name }, f.name), " ", element("span", { class: "hint" }, size),
    f.picture ? element("div", {}, element("img", { src: url, alt: f.name })) : null);
}

function open(ts) {
  state.thread = ts;
  draw();
  $("reply-text").focus();
}

function words(text, thread_ts = "") {
  const form = new FormData();
  form.set("text", text);
  form.set("thread_ts", thread_ts);
  return send("say", form);
}

function compose(form, thread) {
  const files = form.querySelector("input[type=file]");
  const text = form.querySelector("textarea");
  files.addEventListener("change", () => { form.querySelector(".chosen").textContent = [...files.files].map((f) => f.name).join(", "); });
  text.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); } });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = text.value.trim();
    if (!typed && !files.files.length) return;
    const told = new FormData(form);
    told.set("text", typed);
    if (thread) told.set("thread_ts", state.thread);
    const slash = !thread && typed.startsWith("/");
    if (await send(slash ? "slash" : "say", slash ? { text: typed } : told)) {
      form.reset();
      form.querySelector(".chosen").textContent = "";
    }
  });
}

compose($("composer"), false);
compose($("reply"), true);
$("me").addEventListener("change", () => { state.me = $("me").value; localStorage.setItem("me", state.me); go(""); });
$("direct").addEventListener("click", () => go(state.seen.app.direct));
$("tab-home").addEventListener("click", async () => { state.tab = "home"; draw(); await send("home", {}); });
$("tab-messages").addEventListener("click", () => { state.tab = "messages"; draw(); });
$("conversation").addEventListener("click", async () => {
  state.tab = "messages";
  await send("conversation", {});
  open(Object.keys(state.seen.threads).sort().at(-1) || "");
});
$("close-thread").addEventListener("click", () => { state.thread = ""; draw(); $("text").focus(); });
watch();
