"""Recompute a draw, CHOUKAO-DRAW/1: python3 -I verify.py DIR (or the four files in the order of NAMES)."""

# fmt: off
import hashlib, json, re, sys
from pathlib import Path
NAMES = ["plan.json", "roster.csv", "sources.txt", "result.csv"]
HEX, ROW = "[0-9a-f]{64}", "[0-9a-f]{64},[A-Z0-9]+-[0-9]{6,12}-[PSD],[1-9],([MX]:[A-Z0-9_-]{1,16})?"
KINDS = {"SSQ": (r"\d{7}", r"\d\d(\.\d\d){5}\+\d\d", ("33", "16")), "DLT": (r"\d{5}", r"\d\d(\.\d\d){4}\+\d\d\.\d\d", ("35", "12")),
         "FC3D": (r"\d{7}", r"\d\.\d\.\d", ()), "PL5": (r"\d{5}", r"\d(\.\d){4}", ()), "DICE": (r"[1-9]\d?", r"\d(\.\d)*", ()),
         "DRAND": (HEX + r":[1-9]\d{0,15}", HEX, ()), "LOCAL": ("[1-9]", HEX, ())}
sha = lambda data: hashlib.sha256(data if isinstance(data, bytes) else data.encode("ascii")).hexdigest()
def need(truth, sentence): return None if truth else sys.exit("REJECTED: " + sentence)
def check_source(number, line, planned, plan):
    (source, _, value), (name, _, issue), dice, names = line.rpartition(":"), planned.partition(":"), plan.get("dice"), [planned]
    if "fallback" in plan and name in ("SSQ", "DLT", "FC3D", "PL5"):
        names += [f"{name}:{int(issue) + 1:0{len(issue)}}", f"DICE:{number}"]  # the next issue, then dice
        if source == names[2]: dice = plan["fallback"]["dice"]
    form, values, tops = KINDS[source.partition(":")[0]]
    parts = [(part.split("."), top) for part, top in zip(value.split("+"), tops)]
    need(source in names and re.fullmatch(form, source.partition(":")[2]) and re.fullmatch(values, value)
         and all(part == sorted(set(part)) and part[0] > "00" and part[-1] <= top for part, top in parts)
         and (not source.startswith("DICE") or dice in (None, len(value) // 2 + 1)), f"sources.txt line {number} is not a value of {planned}")
def allocate(plan, people, seed):
    fits = all(0 <= q <= people.get(s, -1) for s, q in plan.get("quotas", {}).items())
    if plan["quota"] == "fixed": return need(fits, "plan.json gives a stratum more places than people") or plan["quotas"]
    n, total = plan["n"], sum(people.values())
    if n >= total: return people
    seats, rest = {s: n * p // total for s, p in people.items()}, {s: n * p % total for s, p in people.items()}
    if plan["quota"] == "hamilton":
        for s in sorted(people, key=lambda s: (-rest[s], -people[s], s))[: n - sum(seats.values())]: seats[s] += 1
        return seats
    mark, start = int(sha("alloc-start/1|" + seed), 16) % total, 0
    for s in sorted(people, key=lambda s: (sha(f"alloc/1|{seed}|{s}"), s)):
        seats[s], start = seats[s] + ((mark - start) % total < rest[s]), start + rest[s]
    return seats
def main(args):
    raw = [Path(path).read_bytes() for path in (args if len(args) == 4 else [Path((args or ["."])[0], name) for name in NAMES])]
    for name, data in zip(NAMES, raw): need(data.isascii() and data.endswith(b"\n"), name + " is not ASCII text that ends in a line feed")
    plan, (_, rows, values, result) = json.loads(raw[0]), [data.decode("ascii")[:-1].split("\n") for data in raw]
    need(json.dumps(plan, sort_keys=True, separators=(",", ":")) + "\n" == raw[0].decode(), "plan.json is not canonical JSON")
    need(plan["alg"] == "CHOUKAO-DRAW/1" and plan["quota"] in ("hamilton", "systematic", "fixed"), "plan.json names another algorithm")
    need(all(type(plan.get(k, 0)) is int and plan.get(k, 0) >= 0 for k in ("n", "rows", "standby")), "plan.json has a count that is none")
    need(sha(raw[1]) == plan["roster_sha256"] and rows[0] == "pid,stratum,lots,flag", "roster.csv is not the one that plan.json commits to")
    need(len(rows) - 1 == plan["rows"] and len(values) == len(plan["sources"]), "roster.csv or sources.txt has more or fewer lines than planned")
    for i, row in enumerate(rows[1:], 2): need(re.fullmatch(ROW, row) and (i == 2 or rows[i - 2][:64] < row[:64]), f"roster.csv line {i} is malformed")
    for i, (line, planned) in enumerate(zip(values, plan["sources"]), 1): check_source(i, line, planned, plan)
    seed, pools, made = sha("|".join(["seed/1", sha(raw[0]), *values])), {}, ["stratum,status,pid"]  # type: ignore[var-annotated]
    for pid, stratum, lots, flag in (row.split(",") for row in rows[1:]):
        ticket = min(sha(f"draw/1|{seed}|{pid}|{j}") for j in range(1, int(lots) + 1))
        pools.setdefault(stratum, []).append((flag[:1], "" if flag else ticket, pid))
    seats = allocate(plan, {s: sum(not flag for flag, _, _ in pool) for s, pool in pools.items()}, seed)
    for s, pool in sorted(pools.items()):
        order, q = [pid for flag, _, pid in sorted(pool) if not flag], seats.get(s, 0)
        made += [f"{s},M,{pid}" for flag, _, pid in sorted(pool) if flag == "M"]
        made += [f"{s},{'S' if rank <= q else 'R'}{rank},{pid}" for rank, pid in enumerate(order[: q + plan["standby"]], 1)]
    for i in range(max(len(made), len(result))): need(made[i : i + 1] == result[i : i + 1], f"result.csv line {i + 1} differs from the recomputed draw")
    if sha(Path(__file__).read_bytes()) != plan["verify_sha256"]: print("NOTE: plan.json names another verify.py than this:", plan["verify_sha256"])
    print(f"ACCEPTED: {len(made) - 1} places recomputed from {plan['rows']} rows.\nplan.json SHA-256: {sha(raw[0])}\nseed: {seed}")
try: main(sys.argv[1:])
except (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error: sys.exit(f"REJECTED: {error!r}")
