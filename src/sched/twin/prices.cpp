#include "sched/twin/prices.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/spelling.h"
#include "sched/trace/rows.h"

namespace fulcrum::sched {

namespace {

constexpr double kMostUsd = 1e6;
constexpr const char* kFix = "say it as MODEL=USD of a device and hour: --price A100=2.5";

}  // namespace

base::Status add_price(DevicePrices& prices, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string model(text.substr(0, equals));
  const std::string_view amount =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  double usd = 0;
  const auto [end, error] = std::from_chars(amount.data(), amount.data() + amount.size(), usd);
  if (model.empty() || error != std::errc() || end != amount.data() + amount.size() ||
      !(usd >= 0 && usd <= kMostUsd))
    return base::usage("sim.price", fmt::format("\"{}\" is no price of a model", text), "price",
                       kFix);
  const auto [at, is_new] = prices.try_emplace(model, usd);
  if (!is_new && at->second != usd)
    return base::usage("sim.price",
                       fmt::format("{} has two prices, {} and {}", model, at->second, usd), "price",
                       "give one price for each model");
  return {};
}

base::Status add_prices(DevicePrices& prices, const std::filesystem::path& path) {
  TRY(const auto skipped, read_rows(path, {"model", "usd_per_hour"}, false, [&](Row& row) {
        const std::string model(row.text("model"));
        const double usd = row.number("usd_per_hour", 0, kMostUsd);
        if (model.empty()) row.refuse("model", "a price needs a model");
        if (!row.is_good()) return;
        const auto [at, is_new] = prices.try_emplace(model, usd);
        if (!is_new && at->second != usd)
          row.refuse("model", fmt::format("{} has two prices, {} and {}", model, at->second, usd));
      }));
  (void)skipped;
  return {};
}

void set_prices(ClusterSize& size, const DevicePrices& prices, std::map<std::string, bool>& used) {
  if (const auto at = prices.find(size.model); at != prices.end()) {
    size.price_usd_per_hour = at->second * size.devices;
    used[size.model] = true;
  } else if (!size.model.empty()) {
    used.try_emplace(size.model, false);
  }
  for (ClusterSize& more : size.more) set_prices(more, prices, used);
}

base::Status check_used(const DevicePrices& prices, const std::map<std::string, bool>& used) {
  for (const auto& [model, usd] : prices) {
    if (used.contains(model)) continue;
    std::vector<std::string_view> known;
    for (const auto& [name, found] : used) known.push_back(name);
    const std::string near = base::nearest(model, known);
    return base::usage("sim.price", fmt::format("no node has the model {}", model), "price",
                       known.empty()  ? "say the nodes' models: --cluster 64x8xV100"
                       : near.empty() ? fmt::format("models: {}", fmt::join(known, ", "))
                                      : fmt::format("did you mean {}?", near));
  }
  return {};
}

}  // namespace fulcrum::sched
