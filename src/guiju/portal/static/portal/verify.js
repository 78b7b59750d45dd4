// Verifies what the log publishes, with nothing but WebCrypto: signed notes and checkpoints
// (C2SP signed-note, tlog-checkpoint, tlog-cosignature), proofs (RFC 6962, RFC 9162 §2.1.3,
// §2.1.4), tiles (C2SP tlog-tiles), receipts (C2SP tlog-proof@v1) and the groups they open.
//
// Pure: what is read comes through `read`, a function from a path of the log to its bytes, which
// answers null where there is no such file. Numbers stay below 2^53. Throws Bad where nothing may
// be believed. Held against receipts made in Python: tests/story/test_verify_script.py.

const WIDTH = 256;
const HEIGHT = 8;
const HASH_SIZE = 32;
const ED25519 = 1;
const COSIGNATURE = 4;
const DASH = "— ";
const SIGNATURES_MAX = 100;
const PROOF_MAX = 63;
const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const encoder = new TextEncoder();

export class Bad extends Error {}

// Bytes

export const utf8 = (text) => encoder.encode(text);

export function decodeUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Bad("不是文字");
  }
}

export const hex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));

/** The bytes of a base64 text that is written in the one right way. */
export function decode64(text) {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  const binary = isBase64 ? atob(text) : "";
  if (!isBase64 || btoa(binary) !== text) throw new Bad(`base64 写法不规范:${text.slice(0, 60)}`);
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export const leafHash = (entry) => sha256(join([0], entry));

export const nodeHash = (left, right) => sha256(join([1], left, right));

/** A whole number as decimal digits write it, below 2^53. */
function number(digits) {
  const value = Number(digits);
  if (!/^(0|[1-9][0-9]*)$/.test(digits) || !Number.isSafeInteger(value)) {
    throw new Bad(`不是数:${digits.slice(0, 40)}`);
  }
  return value;
}

// Keys and notes

/** Whether this browser can check signatures at all. */
export async function isAble() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** A public key as `name+id+base64` writes it. */
export async function parseKey(vkey) {
  const [name, id, ...rest] = vkey.trim().split("+");
  const all = decode64(rest.join("+"));
  const known = hex((await sha256(join(utf8(`${name}\n`), all))).slice(0, 4));
  if (known !== id) throw new Bad(`公钥编号不对:${vkey}`);
  return { name, id, kind: all[0], key: all.slice(1), vkey: vkey.trim() };
}

/** Those keys whose signatures can be checked here. */
export async function parseKeys(vkeys) {
  const keys = await Promise.all(vkeys.map(parseKey));
  return keys.filter((each) => [ED25519, COSIGNATURE].includes(each.kind) && each.key.length === 32);
}

async function isSigned(key, text, signature) {
  let signed = utf8(text);
  if (key.kind === COSIGNATURE) {
    if (signature.length <= 8) return false;
    const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    signed = utf8(`cosignature/v1\ntime ${time}\n${text}`);
    signature = signature.slice(8);
  }
  try {
    const imported = await crypto.subtle.importKey("raw", key.key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, signed);
  } catch {
    return false;
  }
}

function signatures(lines) {
  const split = lines.slice(0, -1).split("\n");
  if (split.length > SIGNATURES_MAX) throw new Bad("签名太多");
  return split.map((line) => {
    const [name, encoded, ...more] = line.slice(DASH.length).split(" ");
    if (!line.startsWith(DASH) || !encoded || more.length || !name || /[+\s]/.test(name)) {
      throw new Bad(`不是签名行:${line.slice(0, 80)}`);
    }
    const data = decode64(encoded);
    if (data.length < 5) throw new Bad(`签名太短:${line.slice(0, 80)}`);
    return { name, id: hex(data.slice(0, 4)), signature: data.slice(4) };
  });
}

/** The text of a note and which of these keys signed it. */
export async function openNote(note, keys) {
  const end = note.lastIndexOf("\n\n");
  if (/[\x00-\x09\x0b-\x1f]/.test(note)) throw new Bad("签名文本里有控制字符");
  if (end < 0 || !note.endsWith("\n") || end + 2 >= note.length) throw new Bad("签名文本不完整");
  const text = note.slice(0, end + 1);
  const signers = [];
  for (const { name, id, signature } of signatures(note.slice(end + 2))) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (!key || signers.includes(key)) continue;
    if (!(await isSigned(key, text, signature))) throw new Bad(`“${name}”的签名不对`);
    signers.push(key);
  }
  if (!signers.length) throw new Bad("没有认得的签名");
  return { text, signers };
}

/** The checkpoint of a note that its own log signed. */
export async function openCheckpoint(note, keys) {
  const { text, signers } = await openNote(note, keys);
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => !line)) {
    throw new Bad("检查点应有三行:日志名、条数、根哈希");
  }
  const [origin, size, root] = [lines[0], number(lines[1]), decode64(lines[2])];
  if (root.length !== HASH_SIZE) throw new Bad("检查点的根哈希应为32字节");
  if (!signers.some((each) => each.name === origin)) throw new Bad(`没有“${origin}”自己的签名`);
  const witnesses = signers.filter((each) => each.kind === COSIGNATURE).length;
  return { origin, size, root, note, witnesses };
}

// Proofs

const half = (value) => Math.floor(value / 2);

/** For each hash on the way up from a node, whether it stands to the left. */
function sides(index, last) {
  const found = [];
  while (last) {
    const isLeft = index % 2 === 1 || index === last;
    found.push(isLeft);
    while (isLeft && index && index % 2 === 0) [index, last] = [half(index), half(last)];
    [index, last] = [half(index), half(last)];
  }
  return found;
}

/** Whether a proof shows that a leaf hash stands at an index of the tree with this root. */
export async function isIncluded(leaf, index, size, proof, root) {
  if (index < 0 || index >= size) return false;
  const way = sides(index, size - 1);
  if (way.length !== proof.length) return false;
  let node = leaf;
  for (const [i, isLeft] of way.entries()) {
    node = isLeft ? await nodeHash(proof[i], node) : await nodeHash(node, proof[i]);
  }
  return same(node, root);
}

/** Whether a proof shows that the tree with the new root begins with the old one. */
export async function isConsistent(old, now, proof, oldRoot, newRoot) {
  if (old === 0) return proof.length === 0 && same(oldRoot, await sha256(new Uint8Array()));
  if (old >= now) return old === now && proof.length === 0 && same(oldRoot, newRoot);
  let [first, last, size] = [old - 1, now - 1, old];
  while (first % 2) [first, last] = [half(first), half(last)];
  while (size % 2 === 0) size /= 2;
  const hashes = size === 1 ? [oldRoot, ...proof] : [...proof];
  const way = sides(first, last);
  if (hashes.length !== way.length + 1) return false;
  let [before, after] = [hashes[0], hashes[0]];
  for (const [i, isLeft] of way.entries()) {
    const other = hashes[i + 1];
    if (isLeft) before = await nodeHash(other, before);
    after = isLeft ? await nodeHash(other, after) : await nodeHash(after, other);
  }
  return same(before, oldRoot) && same(after, newRoot);
}

/** The largest power of two below a size of two or more. */
function leftSize(size) {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** The hash over the leaves from `low` up to `high`, a subtree of the tree. */
async function hashOver(nodes, low, high) {
  const size = high - low;
  const left = size > 1 ? leftSize(size) : 1;
  if (size === 1 || left * 2 === size) return nodes(Math.round(Math.log2(size)), low / size);
  const parts = [hashOver(nodes, low, low + left), hashOver(nodes, low + left, high)];
  return nodeHash(...(await Promise.all(parts)));
}

export async function inclusionProof(nodes, index, size) {
  const proof = [];
  let [low, high] = [0, size];
  while (high - low > 1) {
    const middle = low + leftSize(high - low);
    const isBelow = index < middle;
    proof.unshift(await (isBelow ? hashOver(nodes, middle, high) : hashOver(nodes, low, middle)));
    [low, high] = isBelow ? [low, middle] : [middle, high];
  }
  return proof;
}

export async function consistencyProof(nodes, old, now) {
  const proof = [];
  let [low, high, isRoot] = [0, now, true];
  while (old < high) {
    const middle = low + leftSize(high - low);
    const isBelow = old <= middle;
    proof.unshift(await (isBelow ? hashOver(nodes, middle, high) : hashOver(nodes, low, middle)));
    if (!isBelow) isRoot = false;
    [low, high] = isBelow ? [low, middle] : [middle, high];
  }
  if (!isRoot) proof.unshift(await hashOver(nodes, low, high));
  return proof;
}

// Tiles

function place(kind, position, width) {
  let groups = String(position % 1000).padStart(3, "0");
  for (let rest = Math.floor(position / 1000); rest; rest = Math.floor(rest / 1000)) {
    groups = `x${String(rest % 1000).padStart(3, "0")}/${groups}`;
  }
  return `tile/${kind}/${groups}${width === WIDTH ? "" : `.p/${width}`}`;
}

/** A file, or the full one of which it is the beginning: a partial one may be gone by then. */
async function readWide(read, kind, position, width) {
  const data = await read(place(kind, position, width));
  const found = data ?? (width < WIDTH ? await read(place(kind, position, WIDTH)) : null);
  if (!found) throw new Bad(`缺文件 ${place(kind, position, width)}`);
  return found;
}

/** The hashes of full subtrees of a stored log, by height and number. */
export function storedNodes(read, size) {
  const kept = new Map();
  const tile = (level, position) => {
    const name = `${level}/${position}`;
    const row = Math.floor(size / WIDTH ** level);
    const width = Math.min(WIDTH, row - position * WIDTH);
    if (!kept.has(name)) kept.set(name, readWide(read, level, position, width));
    return kept.get(name);
  };
  return async (height, position) => {
    const count = 2 ** (height % HEIGHT);
    const first = position * count;
    const data = await tile(Math.floor(height / HEIGHT), Math.floor(first / WIDTH));
    const from = (first % WIDTH) * HASH_SIZE;
    let hashes = Array.from({ length: count }, (_, i) =>
      data.slice(from + i * HASH_SIZE, from + (i + 1) * HASH_SIZE));
    if (hashes.some((each) => each.length !== HASH_SIZE)) throw new Bad("瓦片不完整");
    while (hashes.length > 1) {
      const pairs = hashes.filter((_, i) => i % 2 === 0);
      hashes = await Promise.all(pairs.map((left, i) => nodeHash(left, hashes[2 * i + 1])));
    }
    return hashes[0];
  };
}

/** One entry of a stored log of so many. */
export async function readEntry(read, index, size) {
  const position = Math.floor(index / WIDTH);
  const width = Math.min(WIDTH, size - position * WIDTH);
  const data = await readWide(read, "entries", position, width);
  let at = 0;
  for (let skipped = index % WIDTH; ; skipped -= 1) {
    const begin = at + 2;
    at = begin + data[begin - 2] * 256 + data[begin - 1];
    if (!(at <= data.length)) throw new Bad("条目不完整");
    if (!skipped) return data.slice(begin, at);
  }
}

/** Whether a stored log, which has the new checkpoint, begins with the old one. */
export async function isGrown(read, old, now) {
  if (old.origin !== now.origin || old.size > now.size) return false;
  const isBetween = 0 < old.size && old.size < now.size;
  const proof = isBetween ? await consistencyProof(storedNodes(read, now.size), old.size, now.size) : [];
  return isConsistent(old.size, now.size, proof, old.root, now.root);
}

// Receipts

export function parseReceipt(text) {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(end, 0)).split("\n");
  if (end < 0 || lines.shift() !== FIRST_LINE) throw new Bad(`不是回执:第一行应为 ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith("extra ") ? decode64(lines.shift().slice(6)) : new Uint8Array();
  const index = lines.shift() ?? "";
  if (!index.startsWith("index ") || lines.length > PROOF_MAX) {
    throw new Bad("回执没有写明序号,或者证明太长");
  }
  const proof = lines.map(decode64);
  if (proof.some((each) => each.length !== HASH_SIZE)) throw new Bad("回执里的哈希应为32字节");
  return { index: number(index.slice(6)), proof, extra, note: text.slice(end + 2) };
}

/** What an entry of the log tells. */
export function toldBy(entry) {
  try {
    const told = JSON.parse(entry);
    if (typeof told.committed === "object" && told.committed) return told;
  } catch {
    // told below
  }
  throw new Bad("条目读不懂");
}

/** The entry of a receipt, and the groups of fields that it opens. */
export function contents(receipt) {
  let extra;
  try {
    extra = JSON.parse(decodeUtf8(receipt.extra));
  } catch {
    throw new Bad("回执里没有条目,或者条目读不懂");
  }
  const opened = Object.entries(extra?.opened ?? {});
  if (typeof extra?.entry !== "string" || typeof extra.opened !== "object") {
    throw new Bad("回执里没有条目,或者条目读不懂");
  }
  const isKey = (key) => typeof key === "string" && /^[0-9a-f]{64}$/.test(key); // one length: HMAC pads
  if (!opened.every(([, each]) => isKey(each?.key) && typeof each.text === "string")) {
    throw new Bad("回执里打开的内容写法不对");
  }
  return { entry: extra.entry, told: toldBy(extra.entry), opened };
}

/** Whether an opened group is what the entry commits to. */
export async function isOpened(told, group, { key, text }) {
  const way = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", unhex(key), way, false, ["sign"]);
  const found = hex(new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8(text))));
  return Object.hasOwn(told.committed, group) && found === told.committed[group];
}
