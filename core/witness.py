# fmt: off
"""Witness of a public log: python3 -I witness.py LOG_URL VERIFIER_KEY STATE_FILE   (standard library only)

Checks the signature of the checkpoint, recomputes its root from all leaves, and that the log it saw last time is a prefix.
Exit 0: the log only grew. Exit 1: rewritten, forked, shortened or wrongly signed: keep the state file, it is the evidence."""
import base64, hashlib, json, os, sys, urllib.request

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, -1, P) % P

def add(a, b):
    x1, y1, x2, y2 = *a, *b
    t = D * x1 * x2 * y1 * y2
    return (x1*y2 + x2*y1) * pow(1 + t, -1, P) % P, (y1*y2 + x1*x2) * pow(1 - t, -1, P) % P

def times(n, point):
    total = (0, 1)
    while n:
        total, point, n = add(total, point) if n & 1 else total, add(point, point), n >> 1
    return total

def point(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y*y - 1) * pow(D*y*y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x*x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x*x - square) % P:
        sys.exit("ALARM: not a point of the curve")
    return (P - x if x & 1 != sign else x), y

def signed(key, text, box):
    r, s = box[:32], int.from_bytes(box[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little") % Q
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return len(box) == 64 and s < Q and times(s, base) == add(point(r), times(h, point(key)))

def root(level):
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2:]
    return base64.b64encode(level[0] if level else hashlib.sha256(b"").digest()).decode()

url, (name, number, key), state = sys.argv[1].rstrip("/"), sys.argv[2].split("+", 2), sys.argv[3]
get = lambda path: urllib.request.urlopen(f"{url}/{path}", timeout=60).read()
text, _, signatures = get("checkpoint").decode().partition("\n\n")
boxes = [base64.b64decode(line.split()[-1]) for line in signatures.splitlines() if line.startswith(f"— {name} ")]
if not any(box[:4].hex() == number and signed(base64.b64decode(key)[1:], (text + "\n").encode(), box[4:]) for box in boxes):
    sys.exit("ALARM: the checkpoint is not signed by the expected key")
origin, size, top = text.split("\n")[:3]
leaves = [line for page in range((int(size) + 255) // 256) for line in get(f"leaves/{page}").splitlines()][:int(size)]
hashes = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
if origin != name or len(hashes) != int(size) or root(hashes) != top:
    sys.exit("ALARM: the leaves do not give the signed root")
seen = json.load(open(state)) if os.path.exists(state) else {"size": 0, "root": root([])}
if seen["size"] > len(hashes) or root(hashes[:seen["size"]]) != seen["root"]:
    sys.exit(f"ALARM: the log of {seen['size']} leaves seen before is not a prefix of this one")
json.dump({"size": len(hashes), "root": top}, open(state, "w"))
print(f"OK: {len(hashes)} leaves, {len(hashes) - seen['size']} new, root {top}")
