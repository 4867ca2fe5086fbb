#pragma once
// A tree of quotas: what a project or team is promised, what it may hold at most, what it may
// spend. A job counts in the quota that is named like its project, else like its team, and in all
// quotas above that one. Limits and guarantees are kept by the scheduler, budgets here and there.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fulcrum::sched {

struct JobSpec;
struct OpenJob;

/// In UTC; kTotal never begins anew.
enum class BudgetPeriod { kTotal, kMonth, kQuarter, kYear };
BOOST_DESCRIBE_ENUM(BudgetPeriod, kTotal, kMonth, kQuarter, kYear)

/// Also the body of `quota.set`, which replaces what was said of this quota before.
struct QuotaSpec {
  std::string quota;                    // its name: a project's, a team's, or of a group of quotas
  std::string parent;                   // empty: at the top
  std::int64_t guaranteed_devices = 0;  // 0: none
  std::int64_t limit_devices = 0;       // 0: none
  bool may_borrow = true;               // hold more than the guarantee while others leave it free
  double share = 1;                     // weight in fair share, > 0
  double budget_usd = 0;                // 0: none
  BudgetPeriod budget_period = BudgetPeriod::kTotal;
  static constexpr std::string_view kRequired[] = {"quota"};
  bool operator==(const QuotaSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotaSpec, (),
                      (quota, parent, guaranteed_devices, limit_devices, may_borrow, share,
                       budget_usd, budget_period))

/// What the jobs in a quota hold and have cost, those in the quotas below it too.
struct QuotaUse {
  std::int64_t held_milli = 0;
  std::uint32_t running = 0;
  double usd_per_hour = 0;                  // of what runs
  std::int64_t updated_us = 0;              // `spent_usd` counts to here
  std::map<std::string, double> spent_usd;  // by month, "2026-11"
};
BOOST_DESCRIBE_STRUCT(QuotaUse, (), (held_milli, running, usd_per_hour, updated_us, spent_usd))

/// Simulated jobs are a world of their own here too.
struct QuotaState {
  QuotaSpec quota;
  QuotaUse use;
  QuotaUse simulated_use;
  const QuotaUse& of(bool simulated) const { return simulated ? simulated_use : use; }
  QuotaUse& of(bool simulated) { return simulated ? simulated_use : use; }
};
BOOST_DESCRIBE_STRUCT(QuotaState, (), (quota, use, simulated_use))

using Quotas = std::map<std::string, QuotaState>;

/// The quotas in which the job counts, its own first, then upwards; empty: none.
std::vector<const QuotaState*> quotas_of(const Quotas& quotas, const JobSpec& spec);

/// Where State::use keeps what an owner's jobs in a quota held; an empty quota: in none.
inline std::string use_key(const std::string& quota, const std::string& owner) {
  return quota.empty() ? owner : owner + " in " + quota;
}

/// From when to when (exclusive) a budget counts; {0, INT64_MAX} for kTotal.
struct Period {
  std::int64_t from_us = 0;
  std::int64_t until_us = 0;
};
Period period_at(BudgetPeriod period, std::int64_t now_us);

/// Spent in the budget's period that holds `now_us`, what runs now counted up to then. Requires a
/// now that is not before `use.updated_us` (an earlier one counts as that).
double spent_usd(const QuotaUse& use, BudgetPeriod period, std::int64_t now_us);

bool is_spent(const QuotaState& quota, bool simulated, std::int64_t now_us);
/// The first of the job's quotas whose budget is used up; null: it may start.
const QuotaState* out_of_money(const Quotas& quotas, const JobSpec& spec, std::int64_t now_us);

/// Counts a job's start (+1) or end (-1) in all its quotas.
void charge_quotas(Quotas& quotas, const JobSpec& spec, int starts, std::int64_t device_milli,
                   double usd_per_hour, std::int64_t now_us);
/// After the tree changed: what each holds follows from what runs; what was spent stays.
void recount(Quotas& quotas, const std::map<std::string, OpenJob>& jobs, std::int64_t now_us);

}  // namespace fulcrum::sched
