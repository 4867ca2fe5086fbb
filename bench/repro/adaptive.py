"""The table of adaptive.md, as JSON lines: adaptive.py FULCRUM PHILLY_CSV"""
import json
import subprocess
import sys

POLICIES = "easy,smith,easy_smith,smallest_device_time,adaptive"


def main():
    fulcrum, trace = sys.argv[1:3]
    for nodes in (64, 72, 80):
        done = subprocess.run(
            [fulcrum, "--json", "advise", "--trace", trace, "--format", "philly", "--cluster",
             f"{nodes}x8", "--policy", POLICIES, "--resamples", "0"],
            check=True, capture_output=True, text=True)
        for row in json.loads(done.stdout)["ranking"]:
            measures = {name: round(row["measures"][name]["mean"])
                        for name in ("weighted_wait", "burst_wait")}
            print(json.dumps({"nodes": nodes, "policy": row["policy"], **measures}))


if __name__ == "__main__":
    main()
