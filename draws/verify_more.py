"""Recompute an enlargement of a draw: python3 -I verify_more.py DIR NUMBER, after verify.py has accepted DIR."""

# fmt: off
import hashlib, json, sys
from pathlib import Path
sha = lambda data: hashlib.sha256(data if isinstance(data, bytes) else data.encode("ascii")).hexdigest()
def need(truth, sentence): return None if truth else sys.exit("REJECTED: " + sentence)
def main(folder, number):
    read = lambda name: Path(folder, name).read_bytes()
    raw, plan, result = read(f"enlarge-{number}.json"), read("plan.json"), read("result.csv")
    order, made = json.loads(raw), ["stratum,status,pid"]
    need(json.dumps(order, sort_keys=True, separators=(",", ":")) + "\n" == raw.decode("ascii"), "the enlargement is not canonical JSON")
    need(order["alg"] == "CHOUKAO-DRAW/1" and order["enlargement"] == number, "the enlargement is another one")
    need(order["plan_sha256"] == sha(plan) and order["result_sha256"] == sha(result), "the enlargement belongs to another draw")
    need(sha(read("roster.csv")) == json.loads(plan)["roster_sha256"], "roster.csv is not the one that plan.json commits to")
    need(order["standby"] == json.loads(plan)["standby"], "the enlargement has other reserves than the plan")
    seed = sha("|".join(["seed/1", sha(plan), *read("sources.txt").decode("ascii").splitlines()]))
    need(order["seed"] == seed, "the enlargement has another seed than the draw")
    taken, strata = {}, order["strata"]  # type: ignore[var-annotated]
    for line in result.decode("ascii").splitlines()[1:]:
        stratum, status, _ = line.split(",")
        taken[stratum] = taken.get(stratum, 0) + (status[0] == "S")
    for k in range(1, number):
        for s, given in json.loads(read(f"enlarge-{k}.json"))["strata"].items(): taken[s] = max(taken.get(s, 0), given["after"] + given["seats"])
    pools = {s: [] for s in strata}  # type: ignore[var-annotated]
    for pid, s, lots, flag in (row.split(",") for row in read("roster.csv").decode("ascii").splitlines()[1:]):
        if s in pools and not flag: pools[s].append((min(sha(f"draw/1|{seed}|{pid}|{j}") for j in range(1, int(lots) + 1)), pid))
    for s, given in sorted(strata.items()):
        need(all(type(given[k]) is int and given[k] >= 0 for k in ("after", "seats")), "the enlargement has a count that is none")
        need(given["after"] >= taken.get(s, 0), f"{s}: the enlargement gives a ticket away twice")
        last = given["after"] + given["seats"]
        need(given["seats"] > 0 and last <= len(pools[s]), f"{s}: the enlargement gives more places than there are people")
        ranked = enumerate(sorted(pools[s])[: last + order["standby"]], 1)
        made += [f"{s},{'S' if rank <= last else 'R'}{rank},{pid}" for rank, (_, pid) in ranked if rank > given["after"]]
        moved = given["after"] - taken.get(s, 0)
        if moved: print(f"{s}: {moved} reserves had moved up before; count them in the public log (draw.replaced)")
    need("\n".join([*made, ""]) == read(f"result-{number}.csv").decode("ascii"), f"result-{number}.csv differs from the recomputed one")
    if sha(Path(__file__).read_bytes()) != order["verify_sha256"]: print("NOTE: the enlargement names another program than this:", order["verify_sha256"])
    print(f"ACCEPTED: enlargement {number}, {len(made) - 1} places recomputed.\nseed: {seed}")
try: main(sys.argv[1], int(sys.argv[2]))
except (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error: sys.exit(f"REJECTED: {error!r}")
