#pragma once
// What a run came to, for a lead: one JSON that the terminal, the page and report.show share.
//
// {"plan","product","run","state","seconds","steps":[{id,state,cached,seconds[,error]}],
//  "data":{…clean's report…}, "checks":{…}, "labels":{…},
//  "models":{"train":{…},"baseline.item_knn":{…}}, "gates":[…], "release":{…canary's report…},
//  "contention":{…sched.compare's report…}, "machine":{…}, "requirements":{"accepted","open"},
//  "spent_usd", "scores":{…score.show…}, "next":[…score.next…]}
// Sections whose steps did not run are absent.
#include "control/engine/engine.h"
#include "control/run/plan_runner.h"

namespace fulcrum::control {

base::json::object make_run_report(Engine& engine, const plan::Plan& plan,
                                   const RunOutcome& outcome);

}  // namespace fulcrum::control
