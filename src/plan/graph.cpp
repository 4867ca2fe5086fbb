#include "plan/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>

#include "base/codec.h"
#include "base/hash.h"
#include "plan/variables.h"

namespace fulcrum::plan {

namespace {

namespace json = base::json;

/// Raised whenever a step's meaning changes, so that old results are not taken for new ones.
constexpr int kStepFormat = 1;

class Builder {
 public:
  explicit Builder(const Plan& plan) : plan_(plan) {}

  base::Result<Graph> build() {
    add_declaration();
    add_collecting();
    add_pipelines();
    add_cleaning();
    add_labels();
    add_version();
    add_training();
    add_release();
    add_checks();
    add_closing();
    for (auto& step : steps_) CHECK_OK(link_variables(step));
    return sorted();
  }

 private:
  Step& add(std::string id, std::string kind, Work work, std::string section) {
    Step step;
    step.id = std::move(id);
    step.kind = std::move(kind);
    step.work = work;
    step.section = std::move(section);
    step.seed = seed();
    if (work == Work::kJob)
      step.program = step.kind.starts_with("train.") ? "fulcrum-train" : "fulcrum";
    return steps_.emplace_back(std::move(step));
  }

  std::uint64_t seed() const {
    const auto found = plan_.settings.find("seed");
    if (found == plan_.settings.end() || !found->second.is_int64()) return 1;
    return static_cast<std::uint64_t>(found->second.get_int64());
  }

  void add_declaration() {
    add("declare", "plan.declare", Work::kInside, "product").settings =
        json::object{{"product", base::encode(plan_.product)},
                     {"requirements", base::encode(plan_.requirements)},
                     {"scorecard", base::encode(plan_.scorecard)},
                     {"budget", base::encode(plan_.budget)}};
  }

  void add_collecting() {
    add("assess", "sched.assess", Work::kJob, "cluster").settings =
        json::object{{"price_usd_per_hour", plan_.cluster.price_usd_per_hour}};
    for (const auto& [name, source] : plan_.sources) {
      Step& step = add("collect." + name, "data.collect", Work::kJob, "sources." + name);
      json::object inner = source.is_object() ? source.get_object() : json::object{};
      if (const auto after = base::get_string(source, "after"); !after.empty())
        step.needs.push_back("collect." + after);
      inner.erase("after");
      step.settings = json::object{{"name", name}, {"source", std::move(inner)}};
    }
  }

  /// A pipeline reads a source, or what another pipeline wrote.
  void add_pipelines() {
    for (const auto& [name, pipeline] : plan_.pipelines) {
      Step& step = add("pipeline." + name, "data.pipeline", Work::kJob, "pipelines." + name);
      json::object settings = pipeline.is_object() ? pipeline.get_object() : json::object{};
      std::string from = base::get_string(pipeline, "in");
      if (from.empty() && plan_.sources.size() == 1) from = plan_.sources.begin()->first;
      settings.erase("in");
      step.settings = std::move(settings);
      if (plan_.pipelines.contains(from))
        step.inputs["in"] = {"pipeline." + from, "records"};
      else
        step.inputs["in"] = {"collect." + from, "rows"};
    }
  }

  void add_cleaning() {
    Step& step = add("clean", "data.clean", Work::kJob, "cleaning");
    json::object settings = plan_.cleaning && plan_.cleaning->is_object()
                                ? plan_.cleaning->get_object()
                                : json::object{};
    for (const char* role : {"events", "users", "items"}) {
      std::string source = base::get_string(settings, role);
      if (source.empty() && std::string_view(role) == "events" && plan_.sources.size() == 1)
        source = plan_.sources.begin()->first;
      if (!source.empty()) step.inputs[role] = {"collect." + source, "rows"};
      settings.erase(role);
    }
    step.settings = std::move(settings);
  }

  void add_labels() {
    if (!plan_.labels) return;
    json::object settings =
        plan_.labels->sample.is_object() ? plan_.labels->sample.get_object() : json::object{};
    settings["queue"] = plan_.labels->queue;
    settings["simulated"] = plan_.labels->simulated;
    Step& sample = add("labels.sample", "data.label_sample", Work::kJob, "labels.sample");
    sample.settings = settings;
    sample.inputs["sessions"] = {"clean", "sessions"};
    sample.needs = {"version"};  // an accuracy is recorded for a version
    Step& answers = add("labels.answers", "label.wait", Work::kWait, "labels");
    json::array command;
    for (const auto& word : plan_.labels->command) command.push_back(json::string(word));
    answers.settings =
        json::object{{"queue", plan_.labels->queue}, {"command", std::move(command)}};
    answers.needs = {"labels.sample"};
    Step& merge = add("labels.merge", "data.label_merge", Work::kJob, "labels");
    merge.settings = json::object{{"queue", plan_.labels->queue},
                                  {"dataset", plan_.dataset.name},
                                  {"simulated", plan_.labels->simulated}};
    merge.inputs["answers"] = {"labels.answers", "answers"};
    merge.inputs["sample"] = {"labels.sample", "sample"};
  }

  void add_version() {
    Step& step = add("version", "data.version", Work::kJob, "dataset");
    step.settings = json::object{{"dataset", plan_.dataset.name},
                                 {"purpose", plan_.dataset.purpose},
                                 {"retention_days", plan_.dataset.retention_days},
                                 {"versions", "${home}/versions"}};
    step.inputs["clean"] = {"clean", "clean"};
    step.inputs["interactions"] = {"clean", "interactions"};
    for (const auto& [name, pipeline] : plan_.pipelines)
      step.inputs["pipeline." + name] = {"pipeline." + name, "records"};
  }

  void add_training() {
    if (!plan_.training) return;
    const Training& training = *plan_.training;
    for (const auto& baseline : training.baselines) {
      Step& step = add("baseline." + baseline, "train.baseline", Work::kJob, "training.baselines");
      step.settings = json::object{{"kind", baseline}, {"holdout_users", training.holdout_users}};
      step.inputs["interactions"] = {"clean", "interactions"};
      step.needs = {"version"};
    }
    std::vector<std::uint64_t> seeds = training.seeds;
    if (seeds.empty()) seeds.push_back(seed());
    for (const auto one : seeds) {
      const std::string id = seeds.size() == 1 ? "train" : fmt::format("train.{}", one);
      Step& step = add(id, "train.fit", Work::kJob, "training");
      step.seed = one;
      step.settings = json::object{{"recipe", training.recipe},
                                   {"shuffle_data", training.shuffle_data},
                                   {"holdout_users", training.holdout_users}};
      step.inputs["interactions"] = {"clean", "interactions"};
      step.needs = {"version"};
      step.devices = training.devices;
      step.priority = training.priority;
      trained_.push_back(id);
    }
    Step& evaluate = add("evaluate", "plan.gates", Work::kInside, "evaluation");
    evaluate.settings = base::encode(plan_.evaluation);
    evaluate.needs = {"declare"};
    for (const auto& id : trained_) evaluate.inputs[id] = {id, "model"};
    for (const auto& baseline : training.baselines)
      evaluate.inputs["baseline." + baseline] = {"baseline." + baseline, "model"};
  }

  void add_release() {
    if (plan_.cluster.contention) {
      Step& step = add("contention", "sched.compare", Work::kJob, "cluster.contention");
      step.settings = *plan_.cluster.contention;
    }
    if (!plan_.release) return;
    Step& registration = add("register", "plan.register", Work::kInside, "release");
    registration.settings = json::object{{"model", plan_.release->model},
                                         {"stable", plan_.release->stable},
                                         {"first_release", plan_.release->first_release}};
    registration.needs = {"evaluate"};
    Step& canary = add("canary", "release.canary", Work::kWait, "release");
    canary.settings = base::encode(*plan_.release);
    canary.needs = {"register"};
    for (const auto& id : trained_) {
      registration.inputs[id] = {id, "model"};
      canary.inputs[id] = {id, "model"};
      if (plan_.release->traffic.offline_replay) canary.inputs[id + ".held_out"] = {id, "held_out"};
    }
    const auto& stable = plan_.release->stable;
    if (stable != "model") {
      registration.inputs["stable"] = {"baseline." + stable, "model"};
      canary.inputs["stable"] = {"baseline." + stable, "model"};
      if (plan_.release->traffic.offline_replay)
        canary.inputs["stable.held_out"] = {"baseline." + stable, "held_out"};
    }
  }

  void add_checks() {
    for (std::size_t i = 0; i < plan_.checks.size(); ++i) {
      const Check& check = plan_.checks[i];
      Step& step =
          add("check." + check.id, "command", Work::kCommand, fmt::format("checks[{}]", i));
      json::array command;
      for (const auto& word : check.command) command.push_back(json::string(word));
      step.settings = json::object{{"command", std::move(command)}};
      if (!check.after.empty()) step.needs.push_back(check.after);
    }
  }

  void add_closing() {
    std::vector<std::string> all;
    for (const auto& step : steps_) all.push_back(step.id);
    Step& step = add("score", "plan.evidence", Work::kInside, "scorecard");
    step.needs = std::move(all);
    step.always = true;
  }

  const Step* find(std::string_view id) const {
    for (const auto& step : steps_)
      if (step.id == id) return &step;
    return nullptr;
  }

  /// ${shop.url} makes the step use a service; ${clean.decisions} hands an output over.
  base::Status link_variables(Step& step) {
    for (const std::string& name : variables_in(step.settings)) {
      const auto dot = name.rfind('.');
      if (dot == std::string::npos) continue;
      const std::string owner = name.substr(0, dot), member = name.substr(dot + 1);
      if (owner == "gateway") continue;
      if (plan_.services.contains(owner)) {
        if (std::find(step.services.begin(), step.services.end(), owner) == step.services.end())
          step.services.push_back(owner);
      } else if (find(owner) != nullptr && owner != step.id) {
        step.inputs[name] = {owner, member};
      } else {
        std::vector<std::string_view> owners;
        for (const auto& service : plan_.services) owners.push_back(service.first);
        for (const auto& other : steps_) owners.push_back(other.id);
        const std::string near = base::nearest(owner, owners);
        return base::usage("plan.variable",
                           fmt::format("${{{}}}: no service or step is called {}", name, owner),
                           step.section,
                           near.empty() ? "${shop.url}, ${clean.decisions} are examples"
                                        : fmt::format("did you mean ${{{}.{}}}?", near, member));
      }
    }
    const bool collects = step.kind == "data.collect" || step.kind == "command";
    for (const auto& need : step.needs)
      if (find(need) == nullptr)
        return no_step(need, collects ? step.section + ".after" : step.section);
    for (const auto& [name, source] : step.inputs)
      if (find(source.step) == nullptr)
        return no_step(source.step, step.kind == "data.clean" || step.kind == "data.pipeline"
                                        ? step.section + "." + name
                                        : step.section);
    return {};
  }

  /// A source is named without its "collect.".
  base::Failure no_step(std::string_view id, std::string field) const {
    constexpr std::string_view kCollect = "collect.";
    std::vector<std::string_view> names;
    const bool source = id.starts_with(kCollect);
    if (source) {
      id.remove_prefix(kCollect.size());
      for (const auto& known : plan_.sources) names.push_back(known.first);
    } else {
      for (const auto& step : steps_) names.push_back(step.id);
    }
    const std::string near = base::nearest(id, names);
    return base::usage("plan.step",
                       fmt::format("no {} is called {}", source ? "source" : "step", id),
                       std::move(field),
                       near.empty() ? fmt::format("use one of: {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean {}?", near));
  }

  /// Depth-first; keeps the order of building where it can.
  base::Result<Graph> sorted() {
    Graph result;
    std::map<std::string, int> state;  // 1 on the path, 2 done
    std::function<bool(const Step&)> visit = [&](const Step& step) {
      if (state[step.id] == 2) return true;
      if (state[step.id] == 1) return false;
      state[step.id] = 1;
      for (const auto& [name, source] : step.inputs)
        if (!visit(*find(source.step))) return false;
      for (const auto& need : step.needs)
        if (!visit(*find(need))) return false;
      state[step.id] = 2;
      result.steps.push_back(step);
      return true;
    };
    for (const auto& step : steps_)
      if (!visit(step))
        return base::usage("plan.cycle", fmt::format("step {} waits for itself", step.id),
                           step.section, "break the circle of after: and ${step.output}");
    return result;
  }

  const Plan& plan_;
  std::deque<Step> steps_;  // stays where it is while more are added
  std::vector<std::string> trained_;
};

}  // namespace

base::Result<Graph> build_graph(const Plan& plan) {
  return Builder(plan).build();
}

std::string step_identity(const Plan& plan, const Step& step,
                          const std::map<std::string, std::string>& input_digests,
                          const std::vector<std::string>& need_identities,
                          const std::string& extra) {
  json::object services;
  for (const auto& name : step.services)
    if (const auto found = plan.services.find(name); found != plan.services.end())
      services[name] = base::encode(found->second);
  const json::object whole{{"format", kStepFormat},
                           {"kind", step.kind},
                           {"settings", step.settings},
                           {"services", std::move(services)},
                           {"seed", step.seed},
                           {"inputs", base::encode(input_digests)},
                           {"needs", base::encode(need_identities)},
                           {"extra", extra}};
  return base::sha256_hex(base::to_text(whole));
}

}  // namespace fulcrum::plan
