#include "data/pipeline/pipeline.h"

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <map>

#include "base/codec.h"
#include "base/hash.h"

namespace fulcrum::data {

BOOST_DESCRIBE_STRUCT(FieldNames, (), (id, text, url, language, words, line_sentences))
BOOST_DESCRIBE_ENUM(BadRecords, kSkip, kStop)

namespace {

namespace json = base::json;

struct Settings {
  std::string name;
  FieldNames fields;
  std::string language = "en";
  BadRecords bad_records = BadRecords::kSkip;
  std::int64_t max_record_mb = 64;
  std::vector<json::value> steps;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (name, fields, language, bad_records, max_record_mb, steps))

/// "c4", or {"c4": {settings}}, or {"c4": {settings}, "name": "c4_again"}.
base::Result<PipelineStep> make_step(const json::value& step, const std::string& path) {
  PipelineStep made;
  std::string op;
  json::value settings = json::object{};
  if (step.is_string()) {
    op = step.get_string();
  } else if (step.is_object()) {
    for (const auto& [key, value] : step.get_object()) {
      if (key == "name" && value.is_string()) {
        made.name = value.get_string();
        continue;
      }
      if (!op.empty())
        return base::usage("pipeline.step",
                           fmt::format("one step names two operators, \"{}\" and \"{}\"", op,
                                       std::string_view(key)),
                           path, "make them two steps");
      op = key;
      if (!value.is_null()) settings = value;
    }
  }
  if (op.empty())
    return base::usage("pipeline.step", "a step is an operator's name, or {NAME: {settings}}", path,
                       "`fulcrum data ops` lists the operators");
  TRY(made.op, make_operator(op, settings, path + "." + op));
  if (made.name.empty()) made.name = op;
  made.rules = made.op->rules();
  return made;
}

void name_rules(std::vector<PipelineStep>& steps) {
  std::map<std::string, int> uses;
  for (const auto& step : steps)
    for (const auto& rule : step.rules) ++uses[rule];
  for (auto& step : steps)
    for (auto& rule : step.rules)
      if (uses[rule] > 1) rule = step.name + "." + rule;
}

}  // namespace

base::Result<Pipeline> make_pipeline(const json::value& settings) {
  TRY(Settings decoded, base::decode<Settings>(settings));
  if (decoded.steps.empty())
    return base::usage("pipeline.step", "a pipeline needs at least one step", "steps",
                       "`fulcrum data ops` lists the operators");
  if (decoded.max_record_mb < 1 || decoded.max_record_mb > 4000)
    return base::usage("pipeline.record_size", "a record may have 1 to 4000 MB", "max_record_mb",
                       "64 suits most texts");
  Pipeline pipeline{.fields = decoded.fields,
                    .language = decoded.language,
                    .bad_records = decoded.bad_records,
                    .max_record_mb = decoded.max_record_mb,
                    .steps = {},
                    .identity = base::sha256_hex(base::to_canonical_text(settings))};
  std::map<std::string, int> names;
  for (std::size_t i = 0; i < decoded.steps.size(); ++i) {
    const std::string path = fmt::format("steps[{}]", i);
    TRY(PipelineStep step, make_step(decoded.steps[i], path));
    if (++names[step.name] > 1)
      return base::usage("pipeline.step", fmt::format("two steps are called \"{}\"", step.name),
                         path, "give one of them another `name`");
    pipeline.steps.push_back(std::move(step));
  }
  name_rules(pipeline.steps);
  return pipeline;
}

}  // namespace fulcrum::data
