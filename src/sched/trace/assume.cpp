#include "sched/trace/assume.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/spelling.h"

namespace fulcrum::sched {

namespace {

base::Failure bad(std::string_view text, const std::string& why) {
  return base::usage("sim.quota", fmt::format("{}: {}", text, why), "quota",
                     "say GROUP=GUARANTEED:LIMIT in devices, for one below another ABOVE/GROUP=…");
}

base::Result<double> devices_in(std::string_view text, std::string_view part) {
  double devices = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), devices);
  if (error != std::errc() || end != part.data() + part.size() || !(devices >= 0) || devices > 1e9)
    return bad(text, fmt::format("\"{}\" is no number of devices", part));
  return devices;
}

}  // namespace

base::Status add_quota(std::vector<TraceQuota>& quotas, std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return bad(text, "there is no amount");
  TraceQuota quota;
  const std::string_view path = text.substr(0, equals);
  const std::size_t slash = path.rfind('/');
  quota.name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (slash != std::string_view::npos) quota.parent = path.substr(0, slash);
  if (const std::size_t above = quota.parent.rfind('/'); above != std::string::npos)
    quota.parent.erase(0, above + 1);
  const auto find = [&](const std::string& name) {
    return std::find_if(quotas.begin(), quotas.end(),
                        [&](const TraceQuota& one) { return one.name == name; });
  };
  if (quota.name.empty()) return bad(text, "there is no name");
  if (!quota.parent.empty() && find(quota.parent) == quotas.end())
    return bad(text, fmt::format("there is no quota {} above it", quota.parent));
  const std::string_view amounts = text.substr(equals + 1);
  const std::size_t colon = amounts.find(':');
  const std::string_view guaranteed = amounts.substr(0, colon);
  if (!guaranteed.empty()) {
    TRY(quota.guaranteed_devices, devices_in(text, guaranteed));
  }
  if (colon != std::string_view::npos) {
    TRY(quota.limit_devices, devices_in(text, amounts.substr(colon + 1)));
  }
  if (guaranteed.empty() && quota.limit_devices == 0) return bad(text, "there is no amount");
  if (quota.limit_devices > 0 && quota.limit_devices < quota.guaranteed_devices)
    return bad(text, "the limit is below the guarantee");
  if (const auto known = find(quota.name); known != quotas.end())
    *known = quota;
  else
    quotas.push_back(quota);
  return {};
}

base::Status check_quotas(const std::vector<TraceQuota>& quotas, const Trace& trace) {
  for (const TraceQuota& quota : quotas) {
    const bool is_group =
        std::find(trace.groups.begin(), trace.groups.end(), quota.name) != trace.groups.end();
    const bool is_above = std::any_of(quotas.begin(), quotas.end(), [&](const TraceQuota& other) {
      return other.parent == quota.name;
    });
    if (is_group || is_above) continue;
    const std::vector<std::string_view> groups(trace.groups.begin(), trace.groups.end());
    const std::string near = base::nearest(quota.name, groups);
    return base::usage(
        "sim.quota", fmt::format("the trace has no group {}", quota.name), "quota",
        near.empty() ? "the replay's by_group names them" : fmt::format("did you mean {}?", near));
  }
  return {};
}

}  // namespace fulcrum::sched
