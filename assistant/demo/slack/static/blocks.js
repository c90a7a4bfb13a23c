// Block Kit and Slack's markup as page elements. Texts are only ever set as text, never as HTML.
import { element } from "./page.js";

const EMOJI = { white_check_mark: "✔", heavy_check_mark: "✔", x: "✘", warning: "⚠", eyes: "👀", hourglass: "⧗", package: "📦", memo: "✎", pencil2: "✎", mag: "🔍", lock: "🔒",
  arrow_right: "➜", leftwards_arrow_with_hook: "↩", tada: "🎉", thumbsup: "👍", "+1": "👍", clock3: "🕒", hourglass_flowing_sand: "⏳", no_entry: "⛔", question: "❓", bell: "🔔" };
const plainly = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const INLINE = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*([^*\n]+)\*(?!\w)|(?<![\w_])_([^_\n]+)_(?!\w)|(?<![\w~])~([^~\n]+)~(?!\w)|:([\w+-]+):/g;
const MARKDOWN = /```\w*\n?([\s\S]+?)```|`([^`\n]+)`|\[([^\]]+)\]\((https?:[^)\s]+)\)|\*\*([^*\n]+)\*\*|(?<!\w)[*_]([^*_\n]+)[*_](?!\w)|:([\w+-]+):/g;

const safe = (url) => (/^(https?|mailto|tel):/i.test(url) ? url : "#");
const link = (url, label) => element("a", { href: safe(url), target: "_blank", rel: "noopener" }, label);

function pieces(text, pattern, piece) {
  const made = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > at) made.push(plainly(text.slice(at, found.index)));
    made.push(piece(found));
    at = found.index + found[0].length;
  }
  if (at < text.length) made.push(plainly(text.slice(at)));
  return made;
}

function mrkdwn(text, name) {
  return pieces(text, INLINE, ([whole, pre, code, token, bold, italic, strike, emoji]) => {
    if (pre) return element("pre", {}, plainly(pre.replace(/^\n/, "")));
    if (code) return element("code", {}, plainly(code));
    if (bold) return element("strong", {}, ...mrkdwn(bold, name));
    if (italic) return element("em", {}, ...mrkdwn(italic, name));
    if (strike) return element("s", {}, ...mrkdwn(strike, name));
    if (emoji) return EMOJI[emoji] || whole;
    const [target, label] = token.split("|");
    if (target.startsWith("@")) return element("span", { class: "mention" }, `@${name(target.slice(1))}`);
    if (target.startsWith("#")) return element("span", { class: "mention" }, `#${label || target.slice(1)}`);
    if (target.startsWith("!date")) return label || target;
    if (target.startsWith("!")) return element("span", { class: "mention" }, `@${target.slice(1)}`);
    return link(plainly(target), plainly(label || target.replace(/^mailto:/, "")));
  });
}

const inMarkdown = (text) => pieces(text, MARKDOWN, ([whole, pre, code, label, url, bold, italic, emoji]) => {
  if (pre) return element("pre", {}, pre);
  if (code) return element("code", {}, code);
  if (label) return link(url, label);
  if (bold) return element("strong", {}, bold);
  if (italic) return element("em", {}, italic);
  return EMOJI[emoji] || whole;
});

function lines(text, inline) {
  const made = [];
  for (const part of text.split(/(```[\s\S]*?```)/)) {
    if (part.startsWith("```")) { made.push(...inline(part)); continue; }
    part.split("\n").forEach((line, number, all) => {
      const heading = /^#{1,6} (.*)/.exec(line), item = /^\s*(?:[-*•]|\d+\.) (.*)/.exec(line), quote = /^(?:&gt;|>) ?(.*)/.exec(line);
      if (inline === inMarkdown && heading) made.push(element("h3", {}, ...inline(heading[1])));
      else if (inline === inMarkdown && item) made.push(element("div", {}, "• ", ...inline(item[1])));
      else if (quote) made.push(element("blockquote", {}, ...inline(quote[1])));
      else made.push(...inline(line), ...(number < all.length - 1 ? ["\n"] : []));
    });
  }
  return made;
}

export const said = (text, name, markdown = false) => lines(text || "", markdown ? inMarkdown : (line) => mrkdwn(line, name));

export function text(object, name) {
  if (!object) return [];
  return object.type === "mrkdwn" ? said(object.text, name) : pieces(object.text, /:([\w+-]+):/g, ([whole, emoji]) => EMOJI[emoji] || whole);
}

export function blocks(list, context) {
  return list.map((block) => (DRAWN[block.type] || unknown)(block, context));
}

const unknown = (block) => element("p", { class: "block hint" }, `(${block.type} is not drawn here)`);
const box = (kind, ...children) => element("div", { class: `block ${kind}` }, ...children);

const DRAWN = {
  divider: () => element("hr"),
  header: (b, c) => box("header", ...text(b.text, c.name)),
  context: (b, c) => box("context", ...b.elements.map((e) => (e.type === "image" ? element("img", { src: e.image_url, alt: e.alt_text }) : element("span", { class: "said" }, ...text(e, c.name))))),
  markdown: (b) => box("said", ...lines(b.text, inMarkdown)),
  image: (b, c) => box("image", ...(b.title ? [element("p", { class: "hint" }, ...text(b.title, c.name))] : []), element("img", { class: "picture", src: b.image_url, alt: b.alt_text })),
  section: (b, c) => box("section", b.text ? element("div", { class: "said" }, ...text(b.text, c.name)) : null, b.accessory ? piece(b, b.accessory, c) : null,
    b.fields ? element("div", { class: "fields" }, ...b.fields.map((f) => element("div", { class: "said" }, ...text(f, c.name)))) : null),
  actions: (b, c) => box("actions", ...b.elements.map((e) => piece(b, e, c))),
  table: (b, c) => box("table", element("table", {}, ...b.rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, ...(cell.elements ? rich(cell.elements, c) : [cell.text]))))))),
  rich_text: (b, c) => box("said", ...rich(b.elements, c)),
};
DRAWN.input = (b, c) => box("input", element("p", {}, ...text(b.label, c.name)), piece(b, b.element, c));

const STYLES = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"]];

function rich(elements, c) {
  return elements.flatMap((e) => {
    switch (e.type) {
      case "rich_text_section": return rich(e.elements, c);
      case "rich_text_preformatted": return [element("pre", {}, ...rich(e.elements, c))];
      case "rich_text_quote": return [element("blockquote", {}, ...rich(e.elements, c))];
      case "rich_text_list": return [element(e.style === "ordered" ? "ol" : "ul", {}, ...e.elements.map((item) => element("li", {}, ...rich(item.elements, c))))];
      case "text": return [STYLES.reduce((made, [style, tag]) => (e.style?.[style] ? element(tag, {}, made) : made), e.text)];
      case "link": return [link(e.url, e.text || e.url.replace(/^mailto:/, ""))];
      case "user": return [element("span", { class: "mention" }, `@${c.name(e.user_id)}`)];
      case "channel": return [element("span", { class: "mention" }, `#${e.channel_id}`)];
      case "emoji": return [EMOJI[e.name] || `:${e.name}:`];
      case "broadcast": return [element("span", { class: "mention" }, `@${e.range}`)];
      default: return [`(${e.type})`];
    }
  });
}

const value = (c, block, e) => (c.values?.[block.block_id] || {})[e.action_id] || {};
const sure = (e) => !e.confirm || window.confirm(`${e.confirm.title.text}\n\n${e.confirm.text.text}`);

// A button, menu or field outside a form: what is done with it is sent at once.
export function piece(block, e, c) {
  const key = `${block.block_id}-${e.action_id}`;
  const act = async (chosen, control) => { if (!sure(e)) return; control.disabled = true; try { await c.act(block.block_id, e.action_id, chosen); } finally { control.disabled = false; } };
  if (e.type === "image") return element("img", { class: "picture", src: e.image_url, alt: e.alt_text });
  if (e.type === "button") {
    const made = element("button", { type: "button", class: e.style, "data-key": key, "aria-label": e.accessibility_label }, ...text(e.text, c.name));
    made.addEventListener("click", () => { if (e.url) window.open(safe(e.url), "_blank", "noopener"); act(e.value, made); });
    return made;
  }
  if (e.type === "overflow") {
    const menu = element("details", { class: "menu" }, element("summary", { "aria-label": "More options", "data-key": key }, "⋯"));
    menu.append(element("div", {}, ...e.options.map((o) => element("button", { type: "button", onclick: (event) => { menu.open = false; act(o.value, event.currentTarget); } }, ...text(o.text, c.name)))));
    return menu;
  }
  const made = field(e, value(c, block, e), c, key);
  if (!made) return element("span", { class: "hint" }, `(${e.type} is not drawn here)`);
  made.control.addEventListener("change", () => act(made.read(), made.control));
  return made.control;
}

const options = (e) => e.options || (e.option_groups || []).flatMap((g) => g.options);
let numbered = 0;

// A field with what it holds and how it is read; null where there is none of that type here.
export function field(e, held, c, key) {
  const id = `field-${numbered++}`;
  const common = { id, "data-key": key };
  const simple = (control, first) => { if (first != null) control.value = first; return { control, id, read: () => control.value }; };
  switch (e.type) {
    case "plain_text_input": return simple(element(e.multiline ? "textarea" : "input", { ...common, rows: e.multiline ? 4 : null, type: e.multiline ? null : "text", placeholder: e.placeholder?.text, maxlength: e.max_length }), held.value);
    case "email_text_input": return simple(element("input", { ...common, type: "email" }), held.value);
    case "url_text_input": return simple(element("input", { ...common, type: "url" }), held.value);
    case "number_input": return simple(element("input", { ...common, type: "number", min: e.min_value, max: e.max_value, step: e.is_decimal_allowed ? "any" : "1" }), held.value);
    case "datepicker": return simple(element("input", { ...common, type: "date" }), held.selected_date);
    case "static_select": return simple(element("select", { ...common, "aria-label": e.placeholder?.text || "Choose" }, element("option", { value: "" }, e.placeholder?.text || "Choose"), ...options(e).map((o) => element("option", { value: o.value }, o.text.text))), held.selected_option?.value ?? "");
    case "users_select": return simple(element("select", common, element("option", { value: "" }, e.placeholder?.text || "Choose a person"), ...c.seen.people.map((p) => element("option", { value: p.id }, p.real_name))), held.selected_user ?? "");
    case "radio_buttons": case "checkboxes": case "multi_static_select": return several(e, held, c, id);
    case "file_input": { const control = element("input", { ...common, type: "file", multiple: e.max_files !== 1 }); return { control, id, read: () => control.files, files: true }; }
    default: return null;
  }
}

function several(e, held, c, id) {
  const one = e.type === "radio_buttons";
  const chosen = one ? [held.selected_option?.value] : (held.selected_options || []).map((o) => o.value);
  const control = element("fieldset", { id }, ...options(e).map((o) => {
    const box = element("input", { type: one ? "radio" : "checkbox", name: id, value: o.value });
    box.checked = chosen.includes(o.value);
    return element("label", {}, box, " ", ...text(o.text, c.name), o.description ? element("span", { class: "hint" }, " ", ...text(o.description, c.name)) : null);
  }));
  const read = () => { const values = [...control.querySelectorAll("input:checked")].map((i) => i.value); return one ? values[0] || "" : values; };
  return { control, id, read };
}
