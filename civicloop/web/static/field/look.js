// Light or dark, usual or large text: the same two words on <html> as on the desk.
export function look({ theme = "auto", text = "usual" }) {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.text = text;
}
