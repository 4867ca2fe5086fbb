// What a plan's sources, cleaning and sample may say, checked before anything runs.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/clock.h"
#include "base/codec.h"
#include "data/clean_rules.h"
#include "data/clean_settings.h"
#include "data/html.h"
#include "data/pipeline/pipeline.h"
#include "data/settings.h"
#include "data/source.h"
#include "data/steps.h"

namespace fulcrum::data {

namespace {

namespace json = base::json;

/// Such a text is known only when the step starts.
bool is_open(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

base::Status at_least(double value, double low, const char* field) {
  if (value >= low) return {};
  return base::usage("value.range", fmt::format("expected a number \u2265 {}, got {}", low, value),
                     field);
}

base::Status web_address(const std::string& url) {
  if (is_open(url) || url.starts_with("http://") || url.starts_with("https://")) return {};
  return base::usage("source.url", fmt::format("\"{}\" is no web address", url), "source.url",
                     "it begins with http:// or https://");
}

base::Status pattern(const std::string& text, const char* field) {
  if (is_open(text)) return {};
  const re2::RE2 compiled(text, re2::RE2::Quiet);
  if (compiled.ok()) return {};
  return base::usage("source.pattern", compiled.error(), field,
                     "patterns are RE2 regular expressions");
}

template <class Web>
base::Status web_limits(const Web& settings) {
  CHECK_OK(web_address(settings.url));
  CHECK_OK(at_least(settings.rate_per_s, 0, "source.rate_per_s"));
  CHECK_OK(at_least(settings.backoff_s, 0, "source.backoff_s"));
  CHECK_OK(at_least(static_cast<double>(settings.timeout_s), 1, "source.timeout_s"));
  return at_least(static_cast<double>(settings.max_pages), 1, "source.max_pages");
}

base::Status check_source(const HttpJsonSettings& settings) {
  return web_limits(settings);
}

base::Status check_source(const CrawlSettings& settings) {
  CHECK_OK(web_limits(settings));
  CHECK_OK(at_least(static_cast<double>(settings.max_depth), 0, "source.max_depth"));
  CHECK_OK(pattern(settings.rows, "source.rows"));
  CHECK_OK(pattern(settings.follow, "source.follow"));
  std::vector<std::string_view> names;
  for (const auto& [name, text] : settings.fields) {
    names.push_back(name);
    if (is_open(text)) continue;
    if (auto selector = Selector::parse(text); !selector) {
      base::Error error = selector.error();
      error.field = "source.fields." + name;
      return base::Failure(std::move(error));
    }
  }
  for (std::size_t i = 0; i < settings.required.size(); ++i) {
    if (settings.fields.contains(settings.required[i])) continue;
    const std::string near = base::nearest(settings.required[i], names);
    return base::usage("source.required",
                       fmt::format("no field is called {}", settings.required[i]),
                       fmt::format("source.required[{}]", i),
                       near.empty() ? fmt::format("fields: {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean {}?", near));
  }
  return {};
}

base::Status check_source(const FilesSettings&) {
  return {};
}
base::Status check_source(const InlineSettings&) {
  return {};
}

base::Status check_source(const TableSettings& settings) {
  const std::string& unit = settings.time_unit;
  if (!unit.empty() && !is_open(unit) && unit != "s" && unit != "ms" && unit != "us" &&
      unit != "iso")
    return base::usage("table.time_unit", fmt::format("no such unit of time: \"{}\"", unit),
                       "source.time_unit", "use one of: s, ms, us, iso");
  const std::string& delimiter = settings.delimiter;
  if (delimiter.size() <= 1 || delimiter == "\\t" || delimiter == "tab" || is_open(delimiter))
    return {};
  return base::usage("table.delimiter", "a delimiter is one character, or tab", "source.delimiter",
                     "leave it out: it is told from the first line");
}

template <class Settings>
base::Status check_kind(const json::value& source) {
  TRY(const auto settings, read_settings<Settings>(source));
  return check_source(settings);
}

struct KindCheck {
  std::string_view kind;
  base::Status (*check)(const json::value& source);
};
constexpr KindCheck kSources[] = {{"http_json", check_kind<HttpJsonSettings>},
                                  {"crawl", check_kind<CrawlSettings>},
                                  {"files", check_kind<FilesSettings>},
                                  {"table", check_kind<TableSettings>},
                                  {"inline", check_kind<InlineSettings>}};

base::Status check_collect(const json::value& settings) {
  const auto* source = base::find_path(settings, "source");
  const auto* kind = source ? base::find_path(*source, "kind") : nullptr;
  std::vector<std::string_view> names;
  for (const auto& known : source_kinds()) names.push_back(known.kind);
  const std::string all = fmt::format("use one of: {}", fmt::join(names, ", "));
  if (!kind) return base::usage("source.kind", "a source needs a kind", "source", all);
  if (!kind->is_string())
    return base::usage("source.kind", "a source's kind is a name", "source.kind", all);
  const std::string_view name(kind->get_string());
  if (is_open(name)) return {};
  for (const auto& known : kSources)
    if (known.kind == name) return known.check(*source);
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::string near = base::nearest(name, names);
  return base::usage("source.kind", fmt::format("there is no source kind \"{}\"", name),
                     "source.kind",
                     near.empty() ? all : fmt::format("did you mean {}? {}", near, all));
}

base::Status check_rules(const std::vector<std::string>& list, const char* member) {
  std::vector<std::string_view> names;
  for (const auto& rule : clean_rules()) names.push_back(rule.name);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (is_open(list[i]) || std::find(names.begin(), names.end(), list[i]) != names.end()) continue;
    const std::string near = base::nearest(list[i], names);
    return base::usage("clean.rule", fmt::format("there is no rule \"{}\"", list[i]),
                       fmt::format("{}[{}]", member, i),
                       near.empty() ? fmt::format("use some of: {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean {}?", near));
  }
  return {};
}

base::Status check_time(const std::string& text, const char* field) {
  if (text.empty() || is_open(text) || base::parse_iso_time(text)) return {};
  return base::usage("clean.time", fmt::format("\"{}\" is not a time", text), field,
                     "write ISO 8601: 2026-10-31 or 2026-10-31T09:30:00Z");
}

base::Status check_clean(const json::value& settings) {
  TRY(const auto cleaning, base::decode<CleanSettings>(settings));
  CHECK_OK(check_rules(cleaning.rules, "rules"));
  CHECK_OK(check_rules(cleaning.skip_rules, "skip_rules"));
  CHECK_OK(check_time(cleaning.window.from, "window.from"));
  CHECK_OK(check_time(cleaning.window.to, "window.to"));
  CHECK_OK(check_time(cleaning.as_of, "as_of"));
  for (const auto& [column, range] : cleaning.ranges)
    if (range.min && range.max && *range.min > *range.max)
      return base::usage("clean.range", "min is above max", "ranges." + column, "swap them");
  if (!(cleaning.half_life_days > 0))
    return base::usage("value.range", "a half-life is above 0 days", "half_life_days");
  CHECK_OK(at_least(static_cast<double>(cleaning.expected_records), 0, "expected_records"));
  return at_least(static_cast<double>(cleaning.samples), 0, "samples");
}

base::Status check_pipeline(const json::value& settings) {
  TRY(const auto pipeline, make_pipeline(settings));
  return {};
}

struct SampleSettings {
  std::string queue = "audit";
  std::int64_t sessions = 60;
  std::int64_t items = 0;
  std::int64_t redundancy = 3;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(SampleSettings, (), (queue, sessions, items, redundancy, simulated))

base::Status check_label_sample(const json::value& settings) {
  TRY(const auto sample, base::decode<SampleSettings>(settings));
  CHECK_OK(at_least(static_cast<double>(sample.sessions), 0, "sessions"));
  CHECK_OK(at_least(static_cast<double>(sample.items), 0, "items"));
  return at_least(static_cast<double>(sample.redundancy), 1, "redundancy");
}

}  // namespace

std::vector<exec::StepCheck> step_checks() {
  return {{"data.collect", check_collect},
          {"data.clean", check_clean},
          {"data.pipeline", check_pipeline},
          {"data.label_sample", check_label_sample}};
}

}  // namespace fulcrum::data
