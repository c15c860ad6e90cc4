// Elements from plain values. Text goes in as text only, so nothing that a file says is ever read as HTML.

export type Child = Node | string | null;
type Attributes = Readonly<Record<string, string>>;

const SVG = "http://www.w3.org/2000/svg";

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Return a drawing beside words that say the same, so hidden from readers of text. */
export function drawing(viewBox: string, path: string, className = ""): SVGElement {
  const svg = vector("svg", { viewBox, "aria-hidden": "true", focusable: "false" });
  if (className) svg.setAttribute("class", className);
  svg.append(vector("path", { d: path }));
  return svg;
}

export function vector(name: string, attributes: Attributes): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
