// data.clean: judges collected rows and writes what was kept, every decision and its account.
// Nothing is resumed: the work is a pure function of its inputs, and outputs appear whole.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "base/files.h"
#include "data/cleaner.h"
#include "data/quality_json.h"
#include "data/steps.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

/// A text file that appears under its name only when it is complete.
class Output {
 public:
  explicit Output(fs::path path) : path_(std::move(path)), file_(path_.string() + ".part") {}
  void line(std::string_view text) { file_ << text << '\n'; }
  base::Status finish() {
    file_.close();
    std::error_code error;
    if (file_) fs::rename(path_.string() + ".part", path_, error);
    if (!file_ || error) return base::failed("file.write", "cannot write " + path_.string());
    return {};
  }

 private:
  fs::path path_;
  std::ofstream file_;
};

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::vector<std::size_t> kept_in_order(const Cleaned& cleaned) {
  const auto& table = cleaned.table;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!cleaned.judgement.dropped(row)) rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    const auto left = table.text(table.user, a), right = table.text(table.user, b);
    return left != right ? left < right : table.time_us[a] < table.time_us[b];
  });
  return rows;
}

base::Status write_rows(const Cleaned& cleaned, const fs::path& folder,
                        const std::vector<std::size_t>& rows, exec::StepProgress& progress) {
  const auto& table = cleaned.table;
  Output clean(folder / "clean.jsonl"), interactions(folder / "interactions.csv");
  interactions.line("user,item,time_us");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    clean.line(base::to_text(table.row(rows[i])));
    interactions.line(fmt::format("{},{},{}", csv_field(table.text(table.user, rows[i])),
                                  csv_field(table.text(table.item, rows[i])),
                                  table.time_us[rows[i]]));
    if (i % 10'000 == 0)
      progress.at(static_cast<std::int64_t>(i), static_cast<std::int64_t>(rows.size()), "rows");
  }
  CHECK_OK(clean.finish());
  return interactions.finish();
}

struct Decision {
  std::uint32_t file;
  std::int64_t line;
  const char* action;
  int rule;
};

base::Status write_decisions(const Cleaned& cleaned, const fs::path& folder) {
  const auto& table = cleaned.table;
  const auto& judgement = cleaned.judgement;
  const auto& rules = judgement.rules();
  const auto parse =
      static_cast<int>(std::find(rules.begin(), rules.end(), "parse") - rules.begin());
  std::vector<Decision> decisions;
  for (const auto& bad : table.bad_lines) decisions.push_back({bad.file, bad.line, "drop", parse});
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (judgement.dropped(row))
      decisions.push_back({table.file[row], table.line[row], "drop", judgement.dropped_by(row)});
  for (const auto& change : judgement.changes())
    if (!judgement.dropped(change.row))
      decisions.push_back({table.file[change.row], table.line[change.row], "change", change.rule});
  std::sort(decisions.begin(), decisions.end(), [](const Decision& a, const Decision& b) {
    return std::tie(a.file, a.line, a.rule) < std::tie(b.file, b.line, b.rule);
  });
  Output output(folder / "decisions.jsonl");
  const Decision* last = nullptr;
  for (const auto& decision : decisions) {
    const bool repeats = last && last->file == decision.file && last->line == decision.line &&
                         last->rule == decision.rule;
    last = &decision;
    if (repeats) continue;  // two columns of one row changed by one rule
    output.line(
        base::to_text(json::object{{"file", table.files[decision.file]},
                                   {"line", decision.line},
                                   {"action", decision.action},
                                   {"rule", rules[static_cast<std::size_t>(decision.rule)]}}));
  }
  return output.finish();
}

base::Status write_sessions(const Cleaned& cleaned, const fs::path& folder) {
  Output output(folder / "sessions.jsonl");
  for (const auto& session : cleaned.sessions) {
    json::object evidence;
    for (const auto& [name, part] : session.evidence) evidence[name] = part;
    output.line(base::to_text(json::object{{"session", session.session},
                                           {"bot", session.bot},
                                           {"score", session.score},
                                           {"events", session.events},
                                           {"user", session.user},
                                           {"agent", session.agent},
                                           {"evidence", std::move(evidence)}}));
  }
  return output.finish();
}

json::object accounting_of(const Cleaned& cleaned) {
  json::object rules;
  const auto& judgement = cleaned.judgement;
  for (std::size_t i = 0; i < judgement.rules().size(); ++i) {
    const auto& account = judgement.accounts()[i];
    json::array samples(account.samples.begin(), account.samples.end());
    rules[judgement.rules()[i]] = json::object{{"dropped", account.dropped},
                                               {"changed", account.changed},
                                               {"samples", std::move(samples)}};
  }
  return rules;
}

json::object report_of(const Cleaned& cleaned, const CleanSettings& settings, std::size_t kept) {
  const auto& judgement = cleaned.judgement;
  json::object by_rule;
  std::int64_t dropped = 0, changed = 0;
  for (std::size_t i = 0; i < judgement.rules().size(); ++i) {
    const auto& account = judgement.accounts()[i];
    dropped += account.dropped;
    changed += account.changed;
    if (account.dropped + account.changed > 0)
      by_rule[judgement.rules()[i]] = account.dropped + account.changed;
  }
  json::array notes;
  for (const auto& note : judgement.notes()) notes.push_back(json::string(note));
  const auto bots = std::count_if(cleaned.sessions.begin(), cleaned.sessions.end(),
                                  [](const auto& session) { return session.bot; });
  return {{"rows_in", cleaned.table.rows() + cleaned.table.bad_lines.size()},
          {"rows_kept", kept},
          {"dropped", dropped},
          {"changed", changed},
          {"by_rule", std::move(by_rule)},
          {"sessions", cleaned.sessions.size()},
          {"bot_sessions", bots},
          {"quality", quality_json(quality_of(cleaned, settings, true))},
          {"quality_before", quality_json(quality_of(cleaned, settings, false))},
          {"notes", std::move(notes)}};
}

}  // namespace

base::Result<exec::StepResult> step_clean(const exec::StepSpec& spec,
                                          exec::StepProgress& progress) {
  TRY(const CleanSettings settings, read_clean_settings(spec.settings));
  progress.at(0, 0, "reading");
  TRY(const auto cleaned, clean(settings, spec.inputs));
  const fs::path folder = spec.work_folder;
  const auto rows = kept_in_order(*cleaned);
  CHECK_OK(write_rows(*cleaned, folder, rows, progress));
  CHECK_OK(write_decisions(*cleaned, folder));
  CHECK_OK(write_sessions(*cleaned, folder));
  CHECK_OK(base::write_file(folder / "accounting.json",
                            base::to_pretty_text(accounting_of(*cleaned)) + "\n"));
  exec::StepResult result;
  result.outputs = {{"clean", "clean.jsonl"},
                    {"decisions", "decisions.jsonl"},
                    {"accounting", "accounting.json"},
                    {"interactions", "interactions.csv"},
                    {"sessions", "sessions.jsonl"}};
  result.report = report_of(*cleaned, settings, rows.size());
  progress.at(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows.size()),
              "rows");
  return result;
}

}  // namespace fulcrum::data
