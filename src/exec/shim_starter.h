#pragma once
#include <string>

namespace fulcrum::exec {

/// Starts a shim on a job's folder, in a session of its own and with nothing inherited, and waits
/// until it has started the job. Returns "ok", or a sentence saying why nothing runs. Thread-safe.
std::string start_shim(const std::string& shim_path, const std::string& folder);

}  // namespace fulcrum::exec
