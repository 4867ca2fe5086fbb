// Labelling: queues of tasks, answers, known (gold) tasks that test the annotators, consensus.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/crowd.h"
#include "data/decide.h"
#include "data/quality.h"

namespace fulcrum::data {

namespace json = base::json;
using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

constexpr std::int64_t kLeastGold = 4;   // known tasks before anybody is judged
constexpr double kFlagBelow = 0.75;      // flagged when even the upper bound of skill is below
constexpr std::int64_t kGoldEvery = 10;  // at least one task in so many is a known one

std::string task_id(const std::string& queue, std::size_t number) {
  return fmt::format("{}-{:06}", queue, number);
}

struct Found {
  std::string queue;
  const QueueState* state;
  const TaskState* task;
};

base::Result<Found> find_task(const State& state, const std::string& id) {
  const auto dash = id.rfind('-');
  const std::string name = dash == std::string::npos ? "" : id.substr(0, dash);
  const auto queue = state.queues.find(name);
  if (queue == state.queues.end() || !queue->second.tasks.contains(id))
    return base::not_found("label.task", fmt::format("there is no task \"{}\"", id),
                           "label.next gives one");
  return Found{name, &queue->second, &queue->second.tasks.at(id)};
}

base::Result<const QueueState*> find_queue(const State& state, const std::string& name) {
  const auto found = state.queues.find(name);
  if (found == state.queues.end())
    return base::not_found("label.queue", fmt::format("there is no queue \"{}\"", name),
                           "label.open opens one");
  return &found->second;
}

std::int64_t trusted_answers(const QueueState& queue, const TaskState& task) {
  return std::count_if(task.answers.begin(), task.answers.end(), [&](const auto& answer) {
    return !queue.annotators.at(answer.first).flagged;
  });
}

bool is_complete(const QueueState& queue, const TaskState& task) {
  return trusted_answers(queue, task) >= static_cast<std::int64_t>(queue.redundancy);
}

base::Status check_task(const NewTask& task, std::size_t index) {
  const std::string field = fmt::format("tasks[{}]", index);
  if (task.subject.empty() || task.question.empty())
    return base::usage("label.task", "a task needs a subject and a question", field);
  auto options = task.options;
  std::sort(options.begin(), options.end());
  if (options.size() < 2 || std::unique(options.begin(), options.end()) != options.end())
    return base::usage("label.options", "a task needs two or more different options", field);
  if (!task.gold.empty() && !std::binary_search(options.begin(), options.end(), task.gold))
    return base::usage("label.gold", "the known answer is none of the options", field + ".gold");
  return {};
}

json::object queue_json(const std::string& name, const QueueState& queue) {
  std::int64_t answered = 0, answers = 0, simulated = 0, gold = 0;
  for (const auto& [id, task] : queue.tasks) {
    answered += is_complete(queue, task);
    answers += static_cast<std::int64_t>(task.answers.size());
    simulated += task.simulated_answers;
    gold += !task.gold.empty();
  }
  const auto total = static_cast<std::int64_t>(queue.tasks.size());
  return {{"queue", name},
          {"total", total},
          {"answered", answered},
          {"open", total - answered},
          {"answers", answers},
          {"simulated_answers", simulated},
          {"gold_tasks", gold},
          {"redundancy", queue.redundancy},
          {"annotators", queue.annotators.size()},
          {"simulated", queue.simulated || simulated > 0}};
}

/// A queue's trusted answers as indices.
struct Indexed {
  std::vector<std::string> tasks, annotators, labels;
  std::vector<Answer> answers;
};

std::uint32_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::uint32_t>(names.size() - 1);
}

Indexed index_answers(const QueueState& queue) {
  Indexed indexed;
  for (const auto& [id, task] : queue.tasks) {
    const auto number = static_cast<std::uint32_t>(indexed.tasks.size());
    indexed.tasks.push_back(id);
    for (const auto& option : task.options) index_of(indexed.labels, option);
    for (const auto& [annotator, answer] : task.answers)
      if (!queue.annotators.at(annotator).flagged)
        indexed.answers.push_back(
            {number, index_of(indexed.annotators, annotator), index_of(indexed.labels, answer)});
  }
  return indexed;
}

json::object weights_json(const std::vector<std::string>& labels,
                          const std::vector<double>& weights) {
  json::object object;
  for (std::size_t k = 0; k < labels.size(); ++k) object[labels[k]] = weights[k];
  return object;
}

json::array annotators_json(const QueueState& queue, const Indexed& indexed,
                            const Consensus& model) {
  json::array annotators;
  for (const auto& [name, annotator] : queue.annotators) {
    json::object entry{{"annotator", name},
                       {"answers", annotator.answers},
                       {"gold_seen", annotator.gold_seen},
                       {"gold_right", annotator.gold_right},
                       {"flagged", annotator.flagged}};
    const auto at = std::find(indexed.annotators.begin(), indexed.annotators.end(), name);
    if (at != indexed.annotators.end()) {
      const auto& matrix =
          model.confusion[static_cast<std::size_t>(at - indexed.annotators.begin())];
      json::object confusion;
      for (std::size_t k = 0; k < indexed.labels.size(); ++k)
        confusion[indexed.labels[k]] = weights_json(indexed.labels, matrix[k]);
      entry["confusion"] = std::move(confusion);
    }
    annotators.push_back(std::move(entry));
  }
  return annotators;
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const OpenLabels& command, const Context&) {
  if (command.queue.empty()) return base::usage("label.queue", "a queue needs a name", "queue");
  if (command.redundancy == 0)
    return base::usage("label.redundancy", "a task needs at least one answer", "redundancy");
  LabelsOpened opened{command.queue, {}, command.redundancy, command.simulated};
  const auto queue = state.queues.find(command.queue);
  std::map<std::string, bool> fresh;
  for (std::size_t i = 0; i < command.tasks.size(); ++i) {
    const auto& task = command.tasks[i];
    CHECK_OK(check_task(task, i));
    const bool known =
        queue != state.queues.end() && queue->second.by_subject.contains(task.subject);
    if (!known && fresh.emplace(task.subject, true).second) opened.tasks.push_back(task);
  }
  if (opened.tasks.empty() && queue != state.queues.end()) return NewEvents{};
  return NewEvents{event("labels/" + command.queue, opened)};
}

base::Result<NewEvents> decide(const State& state, const AnswerLabel& command, const Context&) {
  TRY(const Found found, find_task(state, command.task));
  if (command.annotator.empty())
    return base::usage("label.annotator", "an answer needs an annotator", "annotator");
  const auto& options = found.task->options;
  if (std::find(options.begin(), options.end(), command.answer) == options.end())
    return base::usage("label.answer",
                       fmt::format("\"{}\" is no option of this task", command.answer), "answer",
                       fmt::format("use one of: {}", fmt::join(options, ", ")));
  const auto earlier = found.task->answers.find(command.annotator);
  if (earlier != found.task->answers.end()) {
    if (earlier->second == command.answer) return NewEvents{};
    return base::conflict("label.answered",
                          fmt::format("{} answered {} already, with \"{}\"", command.annotator,
                                      command.task, earlier->second));
  }
  AnnotatorState annotator;
  if (const auto known = found.state->annotators.find(command.annotator);
      known != found.state->annotators.end())
    annotator = known->second;
  if (annotator.flagged)
    return base::refused("label.flagged",
                         fmt::format("{} failed known tasks of this queue", command.annotator),
                         "ask another annotator");
  const std::string stream = "labels/" + found.queue;
  NewEvents events{event(stream, LabelAnswered{found.queue, command.task, command.annotator,
                                               command.answer, command.simulated})};
  if (found.task->gold.empty()) return events;
  const std::int64_t seen = annotator.gold_seen + 1;
  const std::int64_t right = annotator.gold_right + (command.answer == found.task->gold);
  if (seen >= kLeastGold &&
      wilson(static_cast<double>(right), static_cast<double>(seen)).high < kFlagBelow)
    events.push_back(event(stream, AnnotatorFlagged{found.queue, command.annotator, seen, right}));
  return events;
}

void evolve(State& state, const LabelsOpened& opened, const EventMeta&) {
  const bool fresh = !state.queues.contains(opened.queue);
  auto& queue = state.queues[opened.queue];
  if (fresh) queue.redundancy = opened.redundancy;
  queue.simulated = queue.simulated || opened.simulated;
  for (const auto& task : opened.tasks) {
    const std::string id = task_id(opened.queue, queue.tasks.size() + 1);
    queue.tasks[id] = {task.subject, task.question, task.options, task.gold, {}, 0};
    queue.by_subject[task.subject] = id;
  }
}

void evolve(State& state, const LabelAnswered& answered, const EventMeta&) {
  auto& queue = state.queues[answered.queue];
  auto& task = queue.tasks[answered.task];
  task.answers[answered.annotator] = answered.answer;
  task.simulated_answers += answered.simulated;
  auto& annotator = queue.annotators[answered.annotator];
  ++annotator.answers;
  if (task.gold.empty()) return;
  ++annotator.gold_seen;
  annotator.gold_right += answered.answer == task.gold;
}

void evolve(State& state, const AnnotatorFlagged& flagged, const EventMeta&) {
  state.queues[flagged.queue].annotators[flagged.annotator].flagged = true;
}

base::Result<json::value> answer(const State& state, const NextLabel& query,
                                 const ledger::TableReader&) {
  TRY(const QueueState* queue, find_queue(state, query.queue));
  AnnotatorState annotator;
  if (const auto known = queue->annotators.find(query.annotator); known != queue->annotators.end())
    annotator = known->second;
  if (annotator.flagged)
    return base::refused("label.flagged",
                         fmt::format("{} failed known tasks of this queue", query.annotator),
                         "ask another annotator");
  const bool wants_gold = annotator.gold_seen * kGoldEvery <= annotator.answers;
  const std::pair<const std::string, TaskState>* best = nullptr;
  std::int64_t best_rank = 0;
  for (const auto& entry : queue->tasks) {
    const TaskState& task = entry.second;
    const bool gold = !task.gold.empty();
    if (task.answers.contains(query.annotator)) continue;
    if (is_complete(*queue, task) && !(gold && wants_gold)) continue;
    // Fewest answers first; a known task goes before all when one is due.
    const std::int64_t rank = gold && wants_gold ? -1 : trusted_answers(*queue, task);
    if (best && rank >= best_rank) continue;
    best = &entry;
    best_rank = rank;
    if (rank < 0) break;
  }
  if (!best) return json::object{{"queue", query.queue}, {"task", nullptr}};
  json::array options;
  for (const auto& option : best->second.options) options.push_back(json::string(option));
  return json::object{{"queue", query.queue},
                      {"task", json::object{{"id", best->first},
                                            {"subject", best->second.subject},
                                            {"question", best->second.question},
                                            {"options", std::move(options)}}}};
}

base::Result<json::value> answer(const State& state, const ShowLabelQueue& query,
                                 const ledger::TableReader&) {
  if (!query.queue.empty()) {
    TRY(const QueueState* queue, find_queue(state, query.queue));
    return queue_json(query.queue, *queue);
  }
  json::array queues;
  for (const auto& [name, queue] : state.queues) queues.push_back(queue_json(name, queue));
  return json::object{{"queues", std::move(queues)}};
}

base::Result<json::value> answer(const State& state, const LabelResult& query,
                                 const ledger::TableReader&) {
  TRY(const QueueState* queue, find_queue(state, query.queue));
  const Indexed indexed = index_answers(*queue);
  const auto shares = vote_shares(indexed.answers, indexed.tasks.size(), indexed.labels.size());
  const Consensus model = dawid_skene(indexed.answers, indexed.tasks.size(),
                                      indexed.annotators.size(), indexed.labels.size());
  json::array tasks;
  for (std::size_t i = 0; i < indexed.tasks.size(); ++i) {
    const TaskState& task = queue->tasks.at(indexed.tasks[i]);
    json::object entry{{"task", indexed.tasks[i]},
                       {"subject", task.subject},
                       {"answers", trusted_answers(*queue, task)}};
    if (!task.gold.empty()) entry["gold"] = task.gold;
    if (trusted_answers(*queue, task) > 0) {
      entry["majority"] = indexed.labels[best_label(shares[i])];
      entry["majority_share"] = shares[i][best_label(shares[i])];
      entry["label"] = indexed.labels[best_label(model.posterior[i])];
      entry["posterior"] = weights_json(indexed.labels, model.posterior[i]);
    }
    tasks.push_back(std::move(entry));
  }
  const double alpha =
      krippendorff_alpha(indexed.answers, indexed.tasks.size(), indexed.labels.size());
  json::object result = queue_json(query.queue, *queue);
  result["krippendorff_alpha"] = std::isnan(alpha) ? json::value(nullptr) : json::value(alpha);
  result["iterations"] = model.iterations;
  result["annotators"] = annotators_json(*queue, indexed, model);
  result["tasks"] = std::move(tasks);
  return result;
}

}  // namespace fulcrum::data
