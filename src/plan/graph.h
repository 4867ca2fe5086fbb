#pragma once
// A plan as a graph of steps, and a step's identity.
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "plan/plan.h"

namespace fulcrum::plan {

/// How a step's work is done.
enum class Work {
  kJob,      // a job in the scheduler: `PROGRAM step SPEC`
  kCommand,  // a job in the scheduler: the user's own command line
  kInside,   // quick, inside the runner: gates, registration, evidence
  kWait,     // holds no resources: labels, a canary
};

/// An output of an earlier step.
struct Source {
  std::string step;
  std::string output;
};

struct Step {
  std::string id;    // "collect.clicks"
  std::string kind;  // "data.collect"
  Work work = Work::kJob;
  std::string program;  // "fulcrum" or "fulcrum-train", for kJob
  base::json::value settings = base::json::object{};
  std::map<std::string, Source> inputs;
  std::vector<std::string> needs;     // must be done before, without handing anything over
  std::vector<std::string> services;  // must be up while it runs
  std::string section;                // of the plan, for the position of a mistake
  std::uint64_t seed = 0;
  std::uint32_t devices = 1;
  double priority = 1;
  bool always = false;  // runs however its needs ended (the closing step)
};

struct Graph {
  std::vector<Step> steps;  // every step after all that it depends on
};

/// Fails with `plan.step` when a check or a variable names a step or service that is not there.
base::Result<Graph> build_graph(const Plan& plan);

/// Hash of everything that decides a step's result: kind, settings with run-time values left as
/// ${…} (a source's identity is never its port), definitions of the services it uses, the seed,
/// its inputs' content, the identities of what it needs, and `extra` (content of files that it
/// reads from outside: a local source's size and time, a script's hash).
std::string step_identity(const Plan& plan, const Step& step,
                          const std::map<std::string, std::string>& input_digests,
                          const std::vector<std::string>& need_identities,
                          const std::string& extra);

}  // namespace fulcrum::plan
