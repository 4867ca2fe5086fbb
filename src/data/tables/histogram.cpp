#include "data/tables/histogram.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "data/tables/key_sample.h"

namespace fulcrum::data::tables {

namespace json = base::json;

namespace {

constexpr double kWidth = 0.025;
constexpr int kZero = 40'000;  // buckets of positive numbers lie above, of negative ones below

int bucket_of(double number) {
  const double size = std::abs(number);
  if (!(size > 1e-300)) return 0;
  const int bucket = kZero + static_cast<int>(std::floor(std::log(size) / std::log1p(kWidth)));
  return number > 0 ? std::max(1, bucket) : -std::max(1, bucket);
}

std::int64_t sum(const std::map<int, std::int64_t>& counts) {
  std::int64_t total = 0;
  for (const auto& [bucket, rows] : counts) total += rows;
  return total;
}

json::object counts_json(const std::map<int, std::int64_t>& counts) {
  json::object object;
  for (const auto& [bucket, rows] : counts) object[std::to_string(bucket)] = rows;
  return object;
}

base::Failure broken() {
  return base::failed("checks.state", "the saved state of a check cannot be read",
                      "make it again from the data");
}

base::Result<std::map<int, std::int64_t>> counts_from(const json::value* value) {
  std::map<int, std::int64_t> counts;
  if (!value || !value->is_object()) return broken();
  for (const auto& entry : value->get_object()) {
    const std::string key(entry.key());
    char* end = nullptr;
    const long bucket = std::strtol(key.c_str(), &end, 10);
    if (key.empty() || *end != 0 || std::abs(bucket) > 200'000 || !entry.value().is_int64() ||
        entry.value().get_int64() < 0)
      return broken();
    counts[static_cast<int>(bucket)] = entry.value().get_int64();
  }
  return counts;
}

}  // namespace

void Histogram::add_number(double number, std::int64_t rows) {
  if (rows > 0) numbers_[bucket_of(number)] += rows;
}

void Histogram::add_text(std::string_view text, std::int64_t rows) {
  if (rows > 0) texts_[static_cast<int>(stable_hash(text) & 255)] += rows;
}

void Histogram::merge(const Histogram& other) {
  for (const auto& [bucket, rows] : other.numbers_) numbers_[bucket] += rows;
  for (const auto& [bucket, rows] : other.texts_) texts_[bucket] += rows;
}

std::int64_t Histogram::rows() const {
  return sum(numbers_) + sum(texts_);
}

json::value Histogram::to_json() const {
  return json::object{{"numbers", counts_json(numbers_)}, {"texts", counts_json(texts_)}};
}

base::Result<Histogram> Histogram::from_json(const json::value& value) {
  Histogram histogram;
  TRY(histogram.numbers_, counts_from(base::find_path(value, "numbers")));
  TRY(histogram.texts_, counts_from(base::find_path(value, "texts")));
  return histogram;
}

double stability_index(const Histogram& before, const Histogram& now) {
  // Bins as (rows before, rows now).
  std::vector<std::pair<double, double>> bins;
  std::set<int> buckets;
  for (const auto* one : {&before, &now})
    for (const auto& [bucket, rows] : one->numbers()) buckets.insert(bucket);
  const auto rows_in = [](const std::map<int, std::int64_t>& counts, int bucket) {
    const auto at = counts.find(bucket);
    return at == counts.end() ? 0.0 : static_cast<double>(at->second);
  };
  const double each = static_cast<double>(sum(before.numbers())) / 10;
  std::pair<double, double> bin{0, 0};
  for (const int bucket : buckets) {
    bin.first += rows_in(before.numbers(), bucket);
    bin.second += rows_in(now.numbers(), bucket);
    if (bin.first < each) continue;
    bins.push_back(bin);
    bin = {0, 0};
  }
  if (bin.first + bin.second > 0) bins.push_back(bin);
  for (int bucket = 0; bucket < 256; ++bucket) {
    const std::pair<double, double> rows{rows_in(before.texts(), bucket),
                                         rows_in(now.texts(), bucket)};
    if (rows.first + rows.second > 0) bins.push_back(rows);
  }
  const double n = static_cast<double>(bins.size());
  const double all_before = static_cast<double>(before.rows()) + n / 2;
  const double all_now = static_cast<double>(now.rows()) + n / 2;
  double index = 0;
  for (const auto& [b, c] : bins) {
    const double p = (b + 0.5) / all_before, q = (c + 0.5) / all_now;
    index += (q - p) * std::log(q / p);
  }
  return index;
}

double ks_distance(const Histogram& before, const Histogram& now) {
  const auto all_before = static_cast<double>(sum(before.numbers()));
  const auto all_now = static_cast<double>(sum(now.numbers()));
  if (all_before == 0 || all_now == 0) return 0;
  std::map<int, std::pair<double, double>> steps;
  for (const auto& [bucket, rows] : before.numbers())
    steps[bucket].first = static_cast<double>(rows) / all_before;
  for (const auto& [bucket, rows] : now.numbers())
    steps[bucket].second = static_cast<double>(rows) / all_now;
  double p = 0, q = 0, most = 0;
  for (const auto& [bucket, step] : steps) {
    p += step.first;
    q += step.second;
    most = std::max(most, std::abs(p - q));
  }
  return most;
}

double ks_probability(double distance, double rows_before, double rows_now) {
  const double n = rows_before * rows_now / std::max(1.0, rows_before + rows_now);
  const double x = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(std::max(1.0, n))) * distance;
  if (x < 0.2) return 1;
  double sum = 0;
  for (int k = 1; k <= 100; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace fulcrum::data::tables
