// data.label_sample draws sessions (and catalogue items) for people to judge; data.label_merge
// turns their answers into an accuracy.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "base/random.h"
#include "base/text_reader.h"
#include "data/file_list.h"
#include "data/quality_json.h"
#include "data/steps.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPerson = "person";
constexpr const char* kProgram = "program";

base::Result<std::vector<json::object>> read_rows(const std::string& path) {
  TRY(const auto files, list_files(path));
  std::vector<json::object> rows;
  for (const auto& file : files) {
    if (file.name == "manifest.json") continue;
    TRY(base::LineReader reader, base::LineReader::open(file.path));
    for (std::string line; reader.next(line);) {
      if (line.empty()) continue;
      TRY(json::value row, base::parse_json(line, file.name));
      if (row.is_object()) rows.push_back(std::move(row.get_object()));
    }
  }
  return rows;
}

/// `wanted` indices of `size`, without replacement, in ascending order (selection sampling, Knuth
/// 3.4.2 S).
std::vector<std::size_t> draw(std::size_t size, std::size_t wanted, base::Random& random) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < size && chosen.size() < wanted; ++i)
    if (random.below(size - i) < wanted - chosen.size()) chosen.push_back(i);
  return chosen;
}

struct Sample {
  json::array tasks;
  std::string lines;  // of sample.jsonl
  json::object strata;

  void add(const std::string& subject, const std::string& question, json::array options,
           const char* stratum, std::size_t population) {
    tasks.push_back(json::object{
        {"subject", subject}, {"question", question}, {"options", std::move(options)}});
    lines += base::to_text(json::object{
                 {"subject", subject}, {"stratum", stratum}, {"population", population}}) +
             "\n";
  }
};

void sample_sessions(Sample& sample, const std::vector<json::object>& sessions, std::size_t wanted,
                     base::Random& random) {
  std::vector<const json::object*> strata[2];
  for (const auto& session : sessions) strata[base::get_bool(session, "bot")].push_back(&session);
  // Half from each side, and what one side lacks from the other.
  std::size_t bots = std::min(wanted / 2, strata[1].size());
  const std::size_t people = std::min(wanted - bots, strata[0].size());
  bots = std::min(wanted - people, strata[1].size());
  for (const int bot : {0, 1}) {
    const auto& all = strata[bot];
    const char* stratum = bot ? "session_bot" : "session_person";
    sample.strata[stratum] =
        json::object{{"population", all.size()}, {"sampled", bot ? bots : people}};
    for (const std::size_t i : draw(all.size(), bot ? bots : people, random)) {
      const auto& session = *all[i];
      sample.add("session/" + base::get_string(session, "session"),
                 fmt::format("Did a person or a program make these {} clicks?",
                             base::get_integer(session, "events")),
                 {kPerson, kProgram}, stratum, all.size());
    }
  }
}

void sample_items(Sample& sample, const std::vector<json::object>& items, std::size_t wanted,
                  base::Random& random) {
  sample.strata["item"] =
      json::object{{"population", items.size()}, {"sampled", std::min(wanted, items.size())}};
  for (const std::size_t i : draw(items.size(), wanted, random)) {
    const json::value row = items[i];
    std::string id;
    for (const char* key : {"id", "item", "item_id", "sku"})
      if (const auto* found = row.get_object().if_contains(key); found && id.empty())
        id = found->is_string() ? std::string(found->get_string()) : base::to_text(*found);
    sample.add(
        "item/" + id,
        fmt::format("Is the category \"{}\" right for \"{}\"?", base::get_string(row, "category"),
                    base::get_string(row, "title", base::get_string(row, "name", id))),
        {"right", "wrong"}, "item", items.size());
  }
}

/// Was the decision that the sample stands for right, by the people's label?
bool is_right(const std::string& stratum, const std::string& label) {
  if (stratum == "session_bot") return label == kProgram;
  if (stratum == "session_person") return label == kPerson;
  return label == "right";
}

base::Result<std::map<std::string, std::string>> labels_by_subject(const json::value& answers) {
  const auto* tasks = base::find_path(answers, "tasks");
  if (!tasks || !tasks->is_array())
    return base::usage("label.answers", "the answers hold no tasks", "inputs.answers",
                       "give what the query label.result answers");
  std::map<std::string, std::string> labels;
  for (const auto& task : tasks->get_array())
    if (const std::string label = base::get_string(task, "label"); !label.empty())
      labels[base::get_string(task, "subject")] = label;
  return labels;
}

base::Result<std::string> input(const exec::StepSpec& spec, const char* name) {
  const auto found = spec.inputs.find(name);
  if (found == spec.inputs.end())
    return base::usage("label.input", fmt::format("there is no input \"{}\"", name), "inputs");
  return found->second;
}

}  // namespace

base::Result<exec::StepResult> step_label_sample(const exec::StepSpec& spec,
                                                 exec::StepProgress& progress) {
  Sample sample;
  base::Random random(spec.seed);
  TRY(const std::string path, input(spec, "sessions"));
  TRY(const auto sessions, read_rows(path));
  sample_sessions(sample, sessions,
                  static_cast<std::size_t>(
                      std::max<std::int64_t>(0, base::get_integer(spec.settings, "sessions", 60))),
                  random);
  if (const auto items = spec.inputs.find("items"); items != spec.inputs.end()) {
    TRY(const auto rows, read_rows(items->second));
    sample_items(sample, rows,
                 static_cast<std::size_t>(
                     std::max<std::int64_t>(0, base::get_integer(spec.settings, "items", 0))),
                 random);
  }
  CHECK_OK(base::write_file(fs::path(spec.work_folder) / "sample.jsonl", sample.lines));
  const std::string queue = base::get_string(spec.settings, "queue", "audit");
  exec::StepResult result;
  result.outputs["sample"] = "sample.jsonl";
  result.report = {{"queue", queue}, {"tasks", sample.tasks.size()}, {"strata", sample.strata}};
  const auto tasks = static_cast<std::int64_t>(sample.tasks.size());
  result.commands.push_back(
      {"label.open", json::object{{"queue", queue},
                                  {"tasks", std::move(sample.tasks)},
                                  {"redundancy", base::get_integer(spec.settings, "redundancy", 3)},
                                  {"simulated", base::get_bool(spec.settings, "simulated")}}});
  progress.at(tasks, tasks, "tasks");
  return result;
}

base::Result<exec::StepResult> step_label_merge(const exec::StepSpec& spec,
                                                exec::StepProgress& progress) {
  TRY(const std::string answers_path, input(spec, "answers"));
  TRY(const std::string text, base::read_file(answers_path));
  TRY(const json::value answers, base::parse_json(text, "answers"));
  TRY(const auto labels, labels_by_subject(answers));
  TRY(const std::string sample_path, input(spec, "sample"));
  TRY(const auto sample, read_rows(sample_path));
  std::map<std::string, Stratum> strata;
  for (const json::value row : sample) {
    const std::string name = base::get_string(row, "stratum");
    auto& stratum = strata[name];
    stratum.population = base::get_integer(row, "population");
    const auto label = labels.find(base::get_string(row, "subject"));
    if (label == labels.end()) continue;
    ++stratum.n;
    stratum.right += is_right(name, label->second);
  }
  std::vector<Stratum> all;
  json::object by_stratum;
  for (const auto& [name, stratum] : strata) {
    all.push_back(stratum);
    by_stratum[name] = estimate_json(wilson(stratum.right, static_cast<double>(stratum.n)));
  }
  const auto accuracy = stratified(all);
  if (!accuracy)
    return base::refused("label.unanswered", "a part of the sample has no answers yet",
                         "wait for label.queue to be answered, then run the step again");
  const bool simulated =
      base::get_bool(answers, "simulated") || base::get_bool(spec.settings, "simulated");
  json::object factor = estimate_json(*accuracy);
  factor["simulated"] = simulated;
  exec::StepResult result;
  result.report = {{"accuracy", factor}, {"by_stratum", by_stratum}, {"simulated", simulated}};
  if (const auto* alpha = base::find_path(answers, "krippendorff_alpha"))
    result.report["krippendorff_alpha"] = *alpha;
  CHECK_OK(base::write_file(fs::path(spec.work_folder) / "accuracy.json",
                            base::to_pretty_text(result.report) + "\n"));
  result.outputs["accuracy"] = "accuracy.json";
  result.commands.push_back(
      {"quality.record",
       json::object{{"dataset", base::get_string(spec.settings, "dataset", "dataset")},
                    {"quality", json::object{{"accuracy", std::move(factor)}}},
                    {"simulated", simulated}}});
  progress.at(accuracy->n, accuracy->n, "answers");
  return result;
}

}  // namespace fulcrum::data
