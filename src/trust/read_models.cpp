#include "trust/read_models.h"

#include <set>
#include <string>

namespace fulcrum::trust {

using enum ledger::ColumnType;

std::vector<ledger::TableSpec> table_specs() {
  return {{.name = "trust_audit",
           .columns = {{"seq", kInteger},
                       {"time_us", kInteger},
                       {"actor", kText},
                       {"what", kText},
                       {"subject", kText},
                       {"outcome", kText},
                       {"count", kInteger}},
           .key_columns = 1,
           .indexed = {"actor", "subject"}},
          {.name = "trust_subjects",
           .columns = {{"subject", kText},
                       {"first_seq", kInteger},
                       {"last_seq", kInteger},
                       {"events", kInteger}},
           .key_columns = 1}};
}

namespace {

/// Subjects of every sealed (or, without a vault, plain) personal field inside.
void collect_subjects(const base::json::value& value, std::set<std::string>& subjects) {
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) collect_subjects(element, subjects);
  } else if (const auto* object = value.if_object()) {
    for (const char* key : {"$sealed", "$personal"}) {
      if (const auto* personal = object->if_contains(key))
        subjects.insert(base::get_string(*personal, "subject"));
    }
    for (const auto& member : *object) collect_subjects(member.value(), subjects);
  }
}

void project_subjects(const ledger::Event& event, const base::json::value& payload,
                      ledger::TableWriter& tables) {
  std::set<std::string> subjects;
  collect_subjects(payload, subjects);
  const auto seq = static_cast<std::int64_t>(event.seq);
  for (const auto& subject : subjects) {
    if (subject.empty()) continue;
    const auto known = tables.get("trust_subjects", {subject});
    const std::int64_t first = known ? ledger::as_integer((*known)[1]) : seq;
    const std::int64_t events = known ? ledger::as_integer((*known)[3]) : 0;
    tables.upsert("trust_subjects", {subject, first, seq, events + 1});
  }
}

}  // namespace

void project(const ledger::Event& event, const base::json::value& payload,
             ledger::TableWriter& tables) {
  std::string what = event.kind, subject = event.stream, outcome = "done";
  std::int64_t count = 1;
  if (event.kind == "command.refused") {
    what = base::get_string(payload, "command");
    outcome = base::get_string(payload, "code");
  } else if (event.kind == "access.recorded") {
    what = "read:" + base::get_string(payload, "what");
    subject = base::get_string(payload, "subject");
    count = base::get_integer(payload, "count", 1);
  }
  tables.upsert("trust_audit", {static_cast<std::int64_t>(event.seq), event.time_us, event.actor,
                                what, subject, outcome, count});
  project_subjects(event, payload, tables);
}

}  // namespace fulcrum::trust
