#include "sched/quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "sched/job.h"

namespace fulcrum::sched {

namespace {

using std::chrono::microseconds, std::chrono::months, std::chrono::year_month;

constexpr std::int64_t kLatestUs = 253'402'300'799'000'000;  // the year 9999 ends

year_month month_at(std::int64_t us) {
  const microseconds since_1970{std::clamp<std::int64_t>(us, 0, kLatestUs)};
  const std::chrono::sys_time<microseconds> moment{since_1970};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(moment)};
  return day.year() / day.month();
}

std::int64_t begin_us(year_month month) {
  return microseconds{std::chrono::sys_days{month / 1}.time_since_epoch()}.count();
}

std::string key_of(year_month month) {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()));
}

constexpr double kUsPerHour = 3.6e9;

/// What runs is paid up to now, each month its part.
void bring_up(QuotaUse& use, std::int64_t now_us) {
  for (std::int64_t from_us = use.updated_us; use.usd_per_hour > 0 && from_us < now_us;) {
    const year_month month = month_at(from_us);
    const std::int64_t until_us = std::min(begin_us(month + months{1}), now_us);
    if (until_us <= from_us) break;  // past the last month
    use.spent_usd[key_of(month)] +=
        static_cast<double>(until_us - from_us) / kUsPerHour * use.usd_per_hour;
    from_us = until_us;
  }
  use.updated_us = std::max(use.updated_us, now_us);
}

void count(QuotaUse& use, int starts, std::int64_t device_milli, double usd_per_hour,
           std::int64_t now_us) {
  bring_up(use, now_us);
  use.held_milli += starts * device_milli;
  use.running += static_cast<std::uint32_t>(starts);
  use.usd_per_hour += starts * usd_per_hour;
  if (use.running == 0) use.usd_per_hour = 0;  // sums of doubles leave crumbs
}

/// Names of the job's quotas. A parent that is not there ends the walk; so does a cycle.
std::vector<std::string> chain(const Quotas& quotas, const JobSpec& spec) {
  std::vector<std::string> names;
  if (quotas.empty()) return names;
  auto at = quotas.find(spec.project);
  if (at == quotas.end() && !spec.team.empty()) at = quotas.find(spec.team);
  while (at != quotas.end() && names.size() < quotas.size()) {
    names.push_back(at->first);
    at = quotas.find(at->second.quota.parent);
  }
  return names;
}

}  // namespace

std::vector<const QuotaState*> quotas_of(const Quotas& quotas, const JobSpec& spec) {
  std::vector<const QuotaState*> found;
  for (const auto& name : chain(quotas, spec)) found.push_back(&quotas.at(name));
  return found;
}

Period period_at(BudgetPeriod period, std::int64_t now_us) {
  if (period == BudgetPeriod::kTotal) return {0, std::numeric_limits<std::int64_t>::max()};
  const unsigned length = period == BudgetPeriod::kMonth     ? 1
                          : period == BudgetPeriod::kQuarter ? 3
                                                             : 12;
  const year_month now = month_at(now_us);
  const unsigned first = (static_cast<unsigned>(now.month()) - 1) / length * length + 1;
  const year_month from = now.year() / std::chrono::month{first};
  return {begin_us(from), begin_us(from + months{static_cast<int>(length)})};
}

double spent_usd(const QuotaUse& use, BudgetPeriod period, std::int64_t now_us) {
  now_us = std::max(now_us, use.updated_us);
  const Period in = period_at(period, now_us);
  double sum = 0;
  const bool all = period == BudgetPeriod::kTotal;
  const std::string first = all ? "" : key_of(month_at(in.from_us));
  for (auto month = use.spent_usd.lower_bound(first); month != use.spent_usd.end(); ++month)
    sum += month->second;  // nothing is spent after now
  const std::int64_t from_us = std::max(use.updated_us, in.from_us);
  return sum + static_cast<double>(now_us - from_us) / kUsPerHour * use.usd_per_hour;
}

const QuotaState* out_of_money(const Quotas& quotas, const JobSpec& spec, std::int64_t now_us) {
  for (const QuotaState* quota : quotas_of(quotas, spec))
    if (is_spent(*quota, spec.simulated, now_us)) return quota;
  return nullptr;
}

bool is_spent(const QuotaState& quota, bool simulated, std::int64_t now_us) {
  const double budget_usd = quota.quota.budget_usd;
  return budget_usd > 0 &&
         spent_usd(quota.of(simulated), quota.quota.budget_period, now_us) >= budget_usd;
}

void charge_quotas(Quotas& quotas, const JobSpec& spec, int starts, std::int64_t device_milli,
                   double usd_per_hour, std::int64_t now_us) {
  for (const auto& name : chain(quotas, spec))
    count(quotas.at(name).of(spec.simulated), starts, device_milli, usd_per_hour, now_us);
}

void recount(Quotas& quotas, const std::map<std::string, OpenJob>& jobs, std::int64_t now_us) {
  for (auto& [name, quota] : quotas) {
    for (const bool simulated : {false, true}) {
      QuotaUse& use = quota.of(simulated);
      bring_up(use, now_us);
      use.held_milli = 0;
      use.running = 0;
      use.usd_per_hour = 0;
    }
  }
  for (const auto& [id, job] : jobs)
    if (job.phase == JobPhase::kRunning)
      charge_quotas(quotas, job.spec, 1, job.device_milli, job.node_price_usd_per_hour, now_us);
}

}  // namespace fulcrum::sched
