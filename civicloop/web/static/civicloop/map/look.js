// The colours of the house as a map style needs them: read from the tokens, so that light, dark and print agree with the page.
const NAMES = ["ink", "quiet", "paper", "surface", "line", "edge", "action", "tint", "red", "amber", "green", "violet", "blue"];

export function look(element = document.documentElement) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(NAMES.map((name) => [name, read(name) || "#888888"]));
  found.steps = [1, 2, 3, 4, 5].map((step) => read(`step-${step}`) || "#888888");
  found.font = read("font") || "sans-serif";
  found.dark = brightness(found.paper) < 0.4;
  found.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return found;
}

function brightness(colour) {
  const hex = /^#([0-9a-f]{3,6})$/i.exec(colour);
  if (!hex) return 1;
  const digits = hex[1].length === 3 ? [...hex[1]].map((one) => one + one) : hex[1].match(/../g);
  return digits.reduce((sum, one) => sum + parseInt(one, 16), 0) / (3 * 255);
}

// Calls back when the person or the machine changes between light and dark.
export function whenLookChanges(then) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener) dark.addEventListener("change", then);
  new MutationObserver(then).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}
