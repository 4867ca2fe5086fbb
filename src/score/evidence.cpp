#include "score/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"

namespace fulcrum::score {

const ledger::Value& RowView::at(std::string_view column) const {
  static const ledger::Value kNull = nullptr;
  for (std::size_t i = 0; i < spec_->columns.size() && i < row_.size(); ++i)
    if (spec_->columns[i].name == column) return row_[i];
  return kNull;
}

bool RowView::is_null(std::string_view column) const {
  return std::holds_alternative<std::nullptr_t>(at(column));
}

std::optional<double> RowView::optional_real(std::string_view column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

Evidence::Evidence(const ledger::TableReader& tables, Scope scope)
    : tables_(tables), scope_(std::move(scope)) {
  if (scope_.as_of_us == 0) {
    const auto last = rows({.table = "trust_audit", .order = {"-seq"}, .limit = 1});
    if (!last.empty()) scope_.as_of_us = last[0].integer("time_us");
  }
  if (scope_.dataset.empty()) {
    const auto last = rows({.table = "data_quality", .order = {"-seq"}, .limit = 1});
    if (!last.empty()) scope_.dataset = last[0].text("dataset");
  }
}

std::vector<RowView> Evidence::rows(ledger::Select select) const {
  const ledger::TableSpec* spec = tables_.spec(select.table);
  if (!spec) return {};
  auto found = tables_.select(select);
  if (!found) return {};
  std::vector<RowView> views;
  views.reserve(found->size());
  for (auto& row : *found) views.emplace_back(spec, std::move(row));
  return views;
}

std::int64_t Evidence::count(ledger::Select select) const {
  if (!has(select.table)) return 0;
  const auto found = tables_.count(select);
  return found ? static_cast<std::int64_t>(*found) : 0;
}

std::optional<Target> Evidence::target(std::string_view score, std::string_view factor) const {
  const auto found = rows({.table = "product_targets",
                           .where = {{.column = "score", .value = std::string(score)},
                                     {.column = "factor", .value = std::string(factor)}}});
  if (found.empty()) return std::nullopt;
  return Target{found[0].text("metric"), found[0].real("value"),
                found[0].optional_real("period_days")};
}

std::optional<RowView> Evidence::recorded(std::string_view score, std::string_view factor,
                                          bool simulated) const {
  auto found = rows({.table = "product_evidence",
                     .where = {{.column = "score", .value = std::string(score)},
                               {.column = "factor", .value = std::string(factor)},
                               {.column = "simulated", .value = std::int64_t{simulated}}},
                     .order = {"-seq"},
                     .limit = 1});
  if (found.empty()) return std::nullopt;
  return std::move(found[0]);
}

std::string Evidence::event_line(std::uint64_t seq) const {
  const auto found = rows({.table = "trust_audit",
                           .where = {{.column = "seq", .value = static_cast<std::int64_t>(seq)}}});
  if (found.empty()) return {};
  return fmt::format("{} {} {} {}", base::iso_time(found[0].integer("time_us")),
                     found[0].text("actor"), found[0].text("what"), found[0].text("subject"));
}

std::uint64_t Evidence::last_seq(const std::string& stream) const {
  const auto found = rows({.table = "trust_audit",
                           .where = {{.column = "subject", .value = stream}},
                           .order = {"-seq"},
                           .limit = 1});
  return found.empty() ? 0 : found[0].seq();
}

Figure figure_of(const RowView& row, const std::string& line) {
  Figure figure;
  figure.value = std::clamp(row.real("value"), 0.0, 1.0);
  figure.n = row.integer("n");
  figure.method = row.text("method");
  const auto low = row.optional_real("low"), high = row.optional_real("high");
  if (low && high) {
    figure.interval = {std::clamp(*low, 0.0, figure.value), std::clamp(*high, figure.value, 1.0)};
  } else {
    figure.interval = wilson(figure.value, static_cast<double>(figure.n));
    figure.method += "; interval: Wilson";
  }
  figure.evidence.push_back({row.seq(), line});
  return figure;
}

Measured recorded_factor(const Evidence& evidence, std::string_view score,
                         std::string_view factor) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto row = evidence.recorded(score, factor, simulated);
    if (!row || !row->text("metric").empty()) continue;
    auto& figure = simulated ? measured.simulated : measured.real;
    figure = figure_of(*row, fmt::format("{} {} = {:.4g} from {}", score, factor,
                                         row->real("value"), row->text("source")));
  }
  return measured;
}

namespace {

void fill_words(Measured& primary, const Measured& fallback) {
  if (primary.missing.empty()) primary.missing = fallback.missing;
  if (primary.target.empty()) primary.target = fallback.target;
  for (const auto& entry : fallback.beside) primary.beside.emplace(entry.key(), entry.value());
}

bool is_newer(const std::optional<Figure>& a, const std::optional<Figure>& b) {
  if (!a || !b) return a.has_value();
  if (a->evidence.empty() || b->evidence.empty()) return !a->evidence.empty();
  return a->evidence.front().seq > b->evidence.front().seq;
}

}  // namespace

Measured newest_of(Measured a, Measured b) {
  if (is_newer(b.real, a.real)) a.real = std::move(b.real);
  if (is_newer(b.simulated, a.simulated)) a.simulated = std::move(b.simulated);
  fill_words(a, b);
  return a;
}

Measured first_of(Measured primary, Measured fallback) {
  if (!primary.real) primary.real = std::move(fallback.real);
  if (!primary.simulated) primary.simulated = std::move(fallback.simulated);
  fill_words(primary, fallback);
  return primary;
}

}  // namespace fulcrum::score
