#include "data/tables/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "data/tables/column_evidence.h"
#include "data/tables/transforms.h"
#include "data/tables/trust.h"

namespace fulcrum::data::tables {

namespace {

/// Calls work(i) for i below `count` from several threads.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> all;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  for (unsigned i = 1; i < threads; ++i) all.emplace_back(run);
  run();
}

/// Corrections that labels teach, by column.
std::vector<std::vector<Transform>> transforms_of(const Table& table,
                                                  const std::vector<Label>& labels) {
  std::vector<std::vector<Example>> examples(table.columns.size());
  for (const Label& label : labels)
    if (label.is_error && label.value)
      examples[label.column].push_back(
          {std::string(table.columns[label.column].at(label.row)), *label.value});
  std::vector<std::vector<Transform>> learnt;
  for (const auto& of_column : examples) learnt.push_back(learn_transforms(of_column));
  return learnt;
}

class Judge {
 public:
  Judge(const Table& table, const AllEvidence& evidence, const DetectOptions& options,
        TextPool& texts)
      : table_(table),
        evidence_(evidence),
        options_(options),
        texts_(texts),
        trust_(table, options.labels),
        transforms_(transforms_of(table, options.labels)),
        learnt_(texts.add("learnt")) {
    for (const Detector& detector : detectors()) reasons_.push_back(texts.add(detector.name));
  }

  void learn() {
    if (trust_.is_empty()) return;
    for (std::size_t column = 0; column < table_.columns.size(); ++column)
      trust_.look_at(column, ColumnEvidence(table_, column, evidence_));
    trust_.learn();
  }

  std::vector<Finding> findings(std::size_t column, double& expected) const {
    const ColumnEvidence evidence(table_, column, evidence_);
    const std::vector<float> odds = trust_.judge(column, evidence);
    const auto suggestions = suggestions_of(table_, column, evidence_);
    std::vector<std::vector<TextId>> details(evidence_.size());
    std::vector<Finding> found;
    expected = 0;
    for (std::uint32_t row = 0; row < odds.size(); ++row) {
      const double confidence = logistic(odds[row]);
      expected += confidence;
      if (confidence <= options_.least_confidence) continue;
      Finding finding{row, static_cast<std::uint32_t>(column), static_cast<float>(confidence)};
      const int loudest = evidence.loudest(row);
      finding.reason = loudest < 0 ? learnt_ : reasons_[static_cast<std::size_t>(loudest)];
      if (loudest >= 0) {
        auto& of = details[static_cast<std::size_t>(loudest)];
        if (of.empty())
          of = details_of(table_, column, evidence_[static_cast<std::size_t>(loudest)]);
        finding.detail = of[row];
      }
      suggest(finding, suggestions[row]);
      found.push_back(finding);
    }
    return found;
  }

 private:
  /// A learnt correction, or what a detector proposes, whichever is trusted more.
  void suggest(Finding& finding, const Suggestion& proposed) const {
    finding.suggestion = proposed.text;
    finding.trust = proposed.trust;
    const auto learnt =
        correct(table_.columns[finding.column].at(finding.row), transforms_[finding.column]);
    if (!learnt || (finding.suggestion != kNoText && finding.trust >= learnt->trust)) return;
    finding.suggestion = texts_.add(learnt->text);
    finding.trust = static_cast<float>(learnt->trust);
  }

  const Table& table_;
  const AllEvidence& evidence_;
  const DetectOptions& options_;
  TextPool& texts_;
  Trust trust_;
  std::vector<std::vector<Transform>> transforms_;
  std::vector<TextId> reasons_;
  TextId learnt_;
};

/// What a person said is certain.
void put_labels(const std::vector<Label>& labels, const Table& table, Detection& detection) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, const Label*> judged;
  for (const Label& label : labels) judged[{label.row, label.column}] = &label;
  std::erase_if(detection.findings, [&](const Finding& finding) {
    return judged.count({finding.row, finding.column}) > 0;
  });
  for (const Label& label : labels) {
    if (!label.is_error) continue;
    Finding finding{label.row, label.column, 1, detection.texts->add("label")};
    if (label.value && *label.value != table.columns[label.column].at(label.row)) {
      finding.suggestion = detection.texts->add(*label.value);
      finding.trust = 1;
    }
    detection.findings.push_back(finding);
  }
}

}  // namespace

Detection detect(const Table& table, const DetectOptions& options) {
  Detection detection;
  const auto types = types_of(table);
  std::vector<std::vector<bool>> missing;
  for (const Column& column : table.columns) missing.push_back(missing_codes(column));
  const DetectorInput input{table, types, missing, options.rules, *detection.texts};
  AllEvidence evidence(detectors().size(), Evidence(table.columns.size()));
  in_parallel(detectors().size(), options.threads,
              [&](std::size_t i) { detectors()[i].run(input, evidence[i]); });
  for (const Evidence& one : evidence)
    detection.duplicates.insert(detection.duplicates.end(), one.duplicates.begin(),
                                one.duplicates.end());
  Judge judge(table, evidence, options, *detection.texts);
  judge.learn();
  detection.expected_errors.assign(table.columns.size(), 0);
  std::vector<std::vector<Finding>> found(table.columns.size());
  in_parallel(table.columns.size(), options.threads, [&](std::size_t column) {
    found[column] = judge.findings(column, detection.expected_errors[column]);
  });
  for (const auto& of_column : found)
    detection.findings.insert(detection.findings.end(), of_column.begin(), of_column.end());
  put_labels(options.labels, table, detection);
  std::sort(detection.findings.begin(), detection.findings.end(),
            [](const Finding& a, const Finding& b) {
              return std::pair(a.row, a.column) < std::pair(b.row, b.column);
            });
  for (const Finding& finding : detection.findings)
    ++detection.by_reason[detection.text(finding.reason)];
  return detection;
}

std::string errors_csv(const Table& table, const Detection& detection) {
  std::string text = "row,column,reason,suggestion,confidence\n";
  for (const Finding& finding : detection.findings) {
    std::string reason = detection.text(finding.reason);
    if (finding.detail != kNoText) reason += ": " + detection.text(finding.detail);
    const std::string row = fmt::format("{}", finding.row),
                      confidence = fmt::format("{:.4f}", finding.confidence);
    text += csv_line({row, table.columns[finding.column].name, reason,
                      detection.text(finding.suggestion), confidence});
  }
  return text;
}

std::size_t apply_suggestions(Table& table, const Detection& detection, double least_trust) {
  std::size_t changed = 0;
  for (const Finding& finding : detection.findings) {
    if (finding.suggestion == kNoText || finding.confidence * finding.trust < least_trust) continue;
    table.columns[finding.column].set(finding.row, detection.text(finding.suggestion));
    ++changed;
  }
  return changed;
}

}  // namespace fulcrum::data::tables
