#pragma once
// What a step leaves behind: its output files as content-addressed objects, and back.
#include <map>
#include <string>

#include "base/result.h"
#include "objects/store.h"
#include "plan/graph.h"
#include "plan/types.h"

namespace fulcrum::control {

/// Takes every file below each output path into the store. `outputs` maps a name to a path relative
/// to `work_folder`. Fails with `step.output` when a promised path is not there.
base::Result<std::map<std::string, plan::Output>> store_outputs(
    objects::Store& objects, const std::string& work_folder,
    const std::map<std::string, std::string>& outputs);

/// Writes back the files that are missing from `work_folder`; returns the absolute path of the
/// output. Fails as objects::Store::get_file does.
base::Result<std::string> restore_output(const objects::Store& objects,
                                         const std::string& work_folder,
                                         const plan::Output& output);

/// Fingerprint of what a step reads outside of the plan: content of the scripts that its commands
/// name (`plan_folder` is where relative paths start), size and time of a local source's files.
/// Empty when it reads nothing outside.
std::string outside_fingerprint(const plan::Plan& plan, const plan::Step& step,
                                const std::string& plan_folder);

}  // namespace fulcrum::control
