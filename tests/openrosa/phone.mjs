// A phone that is not ours: ODK's own engine reads the form from the server, is answered, and sends what it made of it.
// usage: node phone.mjs BASE ANSWERS.json    (BASE is http://host/or/TOKEN; prints what happened as JSON)
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';

const dom = new JSDOM('<!doctype html><html></html>', { url: 'https://phone.invalid/' });
// The engine is written for browsers: what it takes for granted is handed to it.
const given = ['DOMParser', 'XMLSerializer', 'Document', 'XMLDocument', 'Element', 'Node', 'Attr', 'Text', 'CharacterData',
  'CDATASection', 'Comment', 'ProcessingInstruction', 'HTMLElement', 'NodeFilter', 'XPathResult', 'XPathEvaluator',
  'XPathExpression', 'DocumentFragment', 'NamedNodeMap', 'NodeList', 'HTMLCollection', 'MutationObserver', 'Range', 'TreeWalker',
  'document', 'localStorage', 'DOMException'];
for (const name of given) if (!(name in globalThis) && name in dom.window) globalThis[name] = dom.window[name];
globalThis.window ??= globalThis;
globalThis.self ??= globalThis;
globalThis.__dirname = import.meta.dirname;
globalThis.__filename = import.meta.filename;
globalThis.require = createRequire(import.meta.url);
const { loadForm } = await import('@getodk/xforms-engine');

const [base, answersFile] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(answersFile, 'utf8'));
const headers = { 'X-OpenRosa-Version': '1.0' };
const parse = (text) => new dom.window.DOMParser().parseFromString(text, 'text/xml');
const text = (node, name) => node.getElementsByTagName(name)[0].textContent;

const list = parse(await (await fetch(`${base}/formList`, { headers })).text());
const entry = list.getElementsByTagName('xform')[0];
const xml = await (await fetch(text(entry, 'downloadUrl'), { headers })).text();
const manifest = parse(await (await fetch(text(entry, 'manifestUrl'), { headers })).text());
const points = await (await fetch(text(manifest, 'downloadUrl'), { headers })).text();

const loaded = await loadForm(xml, {
  fetchFormAttachment: async () => new Response(points, { headers: { 'content-type': 'text/csv' } }),
});
if (loaded.status === 'failure') throw loaded.error;
const { root } = loaded.createInstance();
const named = (name) => {
  const look = (node) => {
    if (node.definition?.nodeset?.endsWith(`/${name}`) || node.currentState.reference?.endsWith(`/${name}`)) return node;
    for (const child of node.currentState.children ?? []) {
      const found = look(child);
      if (found) return found;
    }
    return null;
  };
  const found = look(root);
  if (!found) throw new Error(`the form has no ${name}`);
  return found;
};
const broken = () => root.validationState.violations.map((one) => one.reference ?? String(one.nodeId));

const emptyBroken = broken().length;
// A phone asks before it adds a repeat; this engine begins with one, which is taken away where nothing is to be told.
const repeat = root.currentState.children.find((one) => one.nodeType.startsWith('repeat-range'));
if (!asked.extra) repeat.removeInstances(0, 1);
const visit = named('point');
const places = visit.currentState.valueOptions.map((one) => [one.value, one.label.asString]);
visit.selectValue(places[0][0]);
const photo = (name) => new File([readFileSync(asked.photo)], name, { type: 'image/jpeg' });
const wrong = [];
for (const [name, value] of asked.answers) {
  const node = named(name);
  if (node.nodeType === 'upload') node.setValue(photo(value));
  else if (node.nodeType === 'select') node.selectValue(value);
  else if (node.nodeType === 'trigger') node.setValue(value === 'OK');
  else node.setValue(node.valueType === 'decimal' ? Number(value) : value);
  wrong.push([name, node.validationState.violation?.condition ?? null]);
}
const payload = await root.prepareInstancePayload({ payloadType: 'monolithic' });
const [data] = payload.data;
const filled = await data.get('xml_submission_file').text();
const head = await fetch(`${base}/submission?deviceID=node`, { method: 'HEAD', headers });
const send = async () => {
  const form = new FormData();
  for (const [name, file] of data.entries()) form.append(name, file, name === 'xml_submission_file' ? 'form.xml' : name);
  const response = await fetch(`${base}/submission?deviceID=node`, { method: 'POST', headers, body: form });
  return { status: response.status, body: await response.text() };
};
const sent = [await send(), await send()];
console.log(JSON.stringify({
  formID: text(entry, 'formID'), places, emptyBroken, wrong, status: payload.status, left: broken(), parts: [...data.keys()], filled,
  head: head.status, sent,
}));
