#pragma once
// The functions of each check (checks.def), and what they share.
#include <functional>

#include "data/tables/checks.h"

namespace fulcrum::data::tables {

#define CHECK(prefix, name, summary)                                                        \
  base::Status prefix##_validate(const CheckSettings& check);                               \
  void prefix##_observe(const CheckSettings& check, const Table& table, CheckState& state); \
  Verdict prefix##_judge(const CheckSettings& check, const CheckState& state,               \
                         const CheckContext& context);
#include "data/tables/checks.def"
#undef CHECK

/// Fails with `checks.settings`: the check needs `member`.
base::Failure check_needs(const CheckSettings& check, std::string_view member);
/// Counts filled cells and those that are not `good`, by value.
void observe_values(const CheckSettings& check, const Table& table, CheckState& state,
                    const std::function<bool(std::string_view)>& good);
/// Bad of `of` rows against at_most.
Verdict judge_share(const CheckSettings& check, const CheckState& state, std::int64_t bad,
                    std::int64_t of);
/// "a, b" of a list.
std::string listed(const std::vector<std::string>& names);

}  // namespace fulcrum::data::tables
