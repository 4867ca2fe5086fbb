#pragma once
// What people add to a trace that does not say it: quotas, and that jobs may be stopped.
#include <string_view>

#include "sched/trace/trace.h"

namespace fulcrum::sched {

/// "GROUP=GUARANTEED", "GROUP=GUARANTEED:LIMIT" or "GROUP=:LIMIT", in devices; "ABOVE/GROUP=…" for
/// one below another, said before. Replaces one of the same name. Fails with `sim.quota`: no
/// number, less than 0, a limit below the guarantee, an unknown ABOVE, or a group that the trace
/// does not have and below which no other stands (checked by check_quotas()).
base::Status add_quota(std::vector<TraceQuota>& quotas, std::string_view text);
base::Status check_quotas(const std::vector<TraceQuota>& quotas, const Trace& trace);

}  // namespace fulcrum::sched
