#include "data/cleaner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"

namespace fulcrum::data {

namespace {

constexpr const char* kManifest = "manifest.json";

base::Result<std::vector<ListedFile>> input_files(const std::map<std::string, std::string>& inputs,
                                                  const std::string& name) {
  const auto found = inputs.find(name);
  if (found == inputs.end())
    return base::usage("clean.input", fmt::format("there is no input \"{}\"", name), "inputs",
                       "name the step whose rows it is");
  TRY(auto files, list_files(found->second));
  std::erase_if(files, [](const ListedFile& file) { return file.name == kManifest; });
  return files;
}

/// The column of the reference that knows most of the events' ids.
int best_id_column(const EventTable& reference, const EventTable& events, int column) {
  std::unordered_set<std::string_view> wanted;
  for (std::size_t row = 0; row < events.rows(); ++row)
    if (const auto id = events.text(column, row); !id.empty()) wanted.insert(id);
  int best = -1;
  std::size_t most = 0;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    std::unordered_set<std::string> known;
    for (std::size_t row = 0; row < reference.rows(); ++row) {
      const auto& cells = reference.columns[i];
      std::string id(reference.text(static_cast<int>(i), row));
      if (cells.kinds[row] == CellKind::kNumber) id = fmt::format("{}", cells.numbers[row]);
      if (wanted.contains(id)) known.insert(std::move(id));
    }
    if (known.size() > most) {
      most = known.size();
      best = static_cast<int>(i);
    }
  }
  return best;
}

base::Result<Reference> read_reference(const std::string& input, const EventTable& events,
                                       int column,
                                       const std::map<std::string, std::string>& inputs) {
  TRY(const auto files, input_files(inputs, input));
  TRY(const EventTable table, read_events(files));
  Reference reference{input, {}, {}, {}};
  const int id_column = best_id_column(table, events, column);
  if (id_column < 0) return reference;
  reference.id_column = table.columns[static_cast<std::size_t>(id_column)].name;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto& ids = table.columns[static_cast<std::size_t>(id_column)];
    std::string id(table.text(id_column, row));
    if (ids.kinds[row] == CellKind::kNumber) id = fmt::format("{}", ids.numbers[row]);
    if (id.empty()) continue;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (const auto number = table.number(static_cast<int>(i), row))
        reference.numbers[table.columns[i].name][id] = *number;
    reference.ids.insert(std::move(id));
  }
  return reference;
}

base::Status read_references(Cleaned& cleaned, const CleanSettings& settings,
                             const std::map<std::string, std::string>& inputs) {
  auto wanted = settings.references;
  const auto by_role = [&](int role, const char* input) {
    if (role < 0 || !inputs.contains(input)) return;
    wanted.try_emplace(cleaned.table.columns[static_cast<std::size_t>(role)].name, input);
  };
  by_role(cleaned.table.user, "users");
  by_role(cleaned.table.item, "items");
  for (const auto& [name, input] : wanted) {
    const int column = cleaned.table.column(name);
    if (column < 0)
      return base::usage("clean.role", fmt::format("no row has a column \"{}\"", name),
                         "cleaning.references", "name a column that the rows have");
    TRY(Reference reference, read_reference(input, cleaned.table, column, inputs));
    if (reference.id_column.empty()) {
      cleaned.judgement.note(fmt::format("input \"{}\" shares no id with column {}", input, name));
      continue;
    }
    cleaned.references.emplace(name, std::move(reference));
  }
  return {};
}

bool runs(const CleanSettings& settings, std::string_view rule) {
  const auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), rule) != list.end();
  };
  return rule == "parse" ||
         ((settings.rules.empty() || has(settings.rules)) && !has(settings.skip_rules));
}

base::Status check_rule_names(const CleanSettings& settings) {
  for (const auto* list : {&settings.rules, &settings.skip_rules})
    for (const auto& name : *list) {
      const auto& rules = clean_rules();
      if (std::any_of(rules.begin(), rules.end(),
                      [&](const Rule& rule) { return rule.name == name; }))
        continue;
      std::vector<std::string_view> names;
      for (const auto& rule : rules) names.push_back(rule.name);
      return base::usage("clean.rule", fmt::format("there is no rule \"{}\"", name),
                         "cleaning.rules", fmt::format("use some of: {}", fmt::join(names, ", ")));
    }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Cleaned>> clean(const CleanSettings& settings,
                                             const std::map<std::string, std::string>& inputs) {
  CHECK_OK(check_rule_names(settings));
  TRY(const auto files, input_files(inputs, "events"));
  TRY(EventTable table, read_events(files));
  CHECK_OK(find_roles(table, settings.fields));
  auto cleaned = std::make_unique<Cleaned>(
      std::move(table), static_cast<std::size_t>(std::max<std::int64_t>(0, settings.samples)));
  CHECK_OK(read_references(*cleaned, settings, inputs));
  CleanWork work{settings, cleaned->table, cleaned->references, cleaned->judgement};
  for (const auto& rule : clean_rules()) {
    cleaned->judgement.begin_rule(rule.name);
    if (runs(settings, rule.name)) CHECK_OK(rule.apply(work));
  }
  cleaned->sessions = std::move(work.sessions);
  return cleaned;
}

QualityVector quality_of(const Cleaned& cleaned, const CleanSettings& settings, bool kept) {
  const auto& table = cleaned.table;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!kept || !cleaned.judgement.dropped(row)) rows.push_back(row);
  QualityVector quality;
  if (rows.empty()) return quality;
  std::int64_t filled = 0, cells = 0, relevant = 0;
  for (const auto& column : table.columns) {
    std::int64_t present = 0;
    for (const std::size_t row : rows) present += !column.is_missing(row);
    const auto size = static_cast<std::int64_t>(rows.size());
    if (present * 10 < size * 9) continue;  // a column that need not be filled
    filled += present;
    cells += size;
  }
  const std::int64_t read = static_cast<std::int64_t>(table.rows() + table.bad_lines.size());
  quality.completeness = completeness(filled, cells, read, settings.expected_records);
  // Relevant: of a known user and item, by a person.
  const auto& names = cleaned.judgement.rules();
  const bool judged = !cleaned.references.empty() || !cleaned.sessions.empty();
  for (const std::size_t row : rows) {
    const int by = cleaned.judgement.dropped_by(row);
    const std::string rule = by < 0 ? "" : names[static_cast<std::size_t>(by)];
    relevant += rule != "bots" && rule != "references";
  }
  if (judged)
    quality.relevance = wilson(static_cast<double>(relevant), static_cast<double>(rows.size()));
  std::int64_t as_of_us = EventTable::kNoTime;
  if (const auto declared = base::parse_iso_time(settings.as_of); declared) as_of_us = *declared;
  if (settings.as_of.empty())
    for (std::size_t row = 0; row < table.rows(); ++row)
      if (!cleaned.judgement.dropped(row)) as_of_us = std::max(as_of_us, table.time_us[row]);
  std::vector<double> ages_s;
  for (const std::size_t row : rows)
    if (table.time_us[row] != EventTable::kNoTime && as_of_us != EventTable::kNoTime)
      ages_s.push_back((static_cast<double>(as_of_us) - static_cast<double>(table.time_us[row])) /
                       1e6);
  if (!ages_s.empty()) quality.timeliness = timeliness(ages_s, settings.half_life_days * 86'400);
  return quality;
}

}  // namespace fulcrum::data
