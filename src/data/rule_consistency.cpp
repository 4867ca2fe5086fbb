// What other rows say of the same thing: an item's price (from the reference, else its usual one)
// and a session's user. A dependency is used only where the data keeps it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/clean_rules.h"
#include "data/robust.h"

namespace fulcrum::data {

namespace {

constexpr double kKept = 0.80;        // share of rows that agree before a dependency is believed
constexpr double kAgreeLog = 0.02;    // |log ratio| that counts as the same price
constexpr double kExactFactor = 1.5;  // how far off is wrong where prices are otherwise exact
constexpr double kLooseFactor = 4.0;  // … and where they vary
constexpr std::size_t kLeastRows = 50;

/// log(price / what the item usually costs), where both are known.
std::unordered_map<std::size_t, double> price_deviations(const CleanWork& work) {
  const auto& table = work.table;
  const Column& prices = table.columns[static_cast<std::size_t>(table.price)];
  std::unordered_map<std::uint32_t, std::vector<double>> by_item;
  const Column& items = table.columns[static_cast<std::size_t>(table.item)];
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!work.judgement.dropped(row) && prices.kinds[row] == CellKind::kNumber &&
        prices.numbers[row] > 0 && items.kinds[row] == CellKind::kText)
      by_item[items.texts[row]].push_back(std::log(prices.numbers[row]));
  std::unordered_map<std::uint32_t, double> usual;
  for (auto& [item, logs] : by_item)
    if (logs.size() >= 3) usual[item] = median(logs);
  // The reference's word goes first, where it generally agrees with the rows.
  if (const auto reference = work.references.find(items.name); reference != work.references.end()) {
    const auto known = reference->second.numbers.find(prices.name);
    if (known != reference->second.numbers.end()) {
      std::size_t agree = 0;
      std::unordered_map<std::uint32_t, double> listed;
      for (const auto& [item, logs] : by_item) {
        const auto found = known->second.find(std::string(table.texts[item]));
        if (found == known->second.end() || found->second <= 0) continue;
        listed[item] = std::log(found->second);
        const auto own = usual.find(item);
        agree +=
            own == usual.end() || std::abs(own->second - listed[item]) < std::log(kExactFactor);
      }
      if (static_cast<double>(agree) >= kKept * static_cast<double>(listed.size()))
        for (const auto& [item, value] : listed) usual[item] = value;
    }
  }
  std::unordered_map<std::size_t, double> deviations;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row) || prices.kinds[row] != CellKind::kNumber ||
        prices.numbers[row] <= 0 || items.kinds[row] != CellKind::kText)
      continue;
    if (const auto found = usual.find(items.texts[row]); found != usual.end())
      deviations[row] = std::log(prices.numbers[row]) - found->second;
  }
  return deviations;
}

void check_prices(CleanWork& work) {
  if (work.table.price < 0 || work.table.item < 0) return;
  const auto deviations = price_deviations(work);
  if (deviations.size() < kLeastRows) return;
  std::size_t agree = 0;
  std::vector<double> values;
  for (const auto& [row, deviation] : deviations) {
    agree += std::abs(deviation) <= kAgreeLog;
    values.push_back(deviation);
  }
  const bool exact = static_cast<double>(agree) >= kKept * static_cast<double>(deviations.size());
  const Robust robust = robust_of(values, 0.05);
  const double limit =
      exact ? std::log(kExactFactor) : std::max(std::log(kLooseFactor), 8 * robust.spread);
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    const auto found = deviations.find(row);
    if (found != deviations.end() && std::abs(found->second) > limit)
      work.judgement.drop(
          row, fmt::format("price {} is {:.3g} times what this item costs",
                           *work.table.number(work.table.price, row), std::exp(found->second)));
  }
}

/// A session belongs to one user: rows of another were mixed up.
void check_session_users(CleanWork& work) {
  const auto& table = work.table;
  if (table.session < 0) return;
  const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
  const Column& users = table.columns[static_cast<std::size_t>(table.user)];
  std::unordered_map<std::uint32_t, std::unordered_map<std::uint32_t, std::size_t>> counts;
  std::size_t rows = 0, agree = 0;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!work.judgement.dropped(row) && sessions.kinds[row] == CellKind::kText) {
      ++counts[sessions.texts[row]][users.texts[row]];
      ++rows;
    }
  std::unordered_map<std::uint32_t, std::uint32_t> owner;
  for (const auto& [session, by_user] : counts) {
    std::size_t all = 0, most = 0;
    std::uint32_t best = 0;
    for (const auto& [user, count] : by_user) {
      all += count;
      if (count > most || (count == most && user < best)) {
        most = count;
        best = user;
      }
    }
    agree += most;
    if (all >= 3 && most * 3 >= all * 2) owner[session] = best;
  }
  if (rows < kLeastRows || static_cast<double>(agree) < 0.9 * static_cast<double>(rows)) return;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row) || sessions.kinds[row] != CellKind::kText) continue;
    const auto found = owner.find(sessions.texts[row]);
    if (found != owner.end() && users.texts[row] != found->second)
      work.judgement.drop(
          row, fmt::format("session {} belongs to user {}", table.texts[sessions.texts[row]],
                           table.texts[found->second]));
  }
}

}  // namespace

base::Status rule_consistency(CleanWork& work) {
  check_prices(work);
  check_session_users(work);
  return {};
}

}  // namespace fulcrum::data
