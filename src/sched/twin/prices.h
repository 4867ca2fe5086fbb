#pragma once
// What devices cost by model.
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "sched/twin/workload.h"

namespace fulcrum::sched {

/// USD an hour of one device, by its model.
using DevicePrices = std::map<std::string, double>;

/// "A100=2.5". Fails with `sim.price`, also where the model has another price already.
base::Status add_price(DevicePrices& prices, std::string_view text);
/// A CSV file with the columns model and usd_per_hour. Fails as read_rows() and as add_price().
base::Status add_prices(DevicePrices& prices, const std::filesystem::path& path);
/// Nodes of these models cost their devices' price from now on; others keep theirs. `used` gets
/// the models that were found.
void set_prices(ClusterSize& size, const DevicePrices& prices, std::map<std::string, bool>& used);
/// Fails with `sim.price` when a price is of a model that no node has.
base::Status check_used(const DevicePrices& prices, const std::map<std::string, bool>& used);

}  // namespace fulcrum::sched
