#pragma once
// Commands, queries and events of the data pillar. Each struct is described once; codecs, schemas
// and fronts come from that.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

/// A source was fetched: `cursor` says how far.
struct RecordSource {
  std::string source, kind, cursor;
  std::int64_t records = 0, bytes = 0;
  std::string sha256;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"source"};
};
BOOST_DESCRIBE_STRUCT(RecordSource, (), (source, kind, cursor, records, bytes, sha256, simulated))
struct SourceRecorded {
  std::string source, kind, cursor;
  std::int64_t records = 0, bytes = 0;
  std::string sha256;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(SourceRecorded, (), (source, kind, cursor, records, bytes, sha256, simulated))

/// One file of a dataset version; `object` is its content's SHA-256.
struct DatasetFile {
  std::string path, object;
  std::int64_t bytes = 0, records = 0;
  static constexpr std::string_view kRequired[] = {"path", "object"};
};
BOOST_DESCRIBE_STRUCT(DatasetFile, (), (path, object, bytes, records))

/// A factor of quality: value with a 95 % interval from n observations.
struct Factor {
  double value = 0, low = 0, high = 0;
  std::int64_t n = 0;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(Factor, (), (value, low, high, n, simulated))
struct Quality {
  std::optional<Factor> accuracy, completeness, relevance, timeliness;
};
BOOST_DESCRIBE_STRUCT(Quality, (), (accuracy, completeness, relevance, timeliness))

/// A version that is stored (versions/): `record` is its record's text, `version` the SHA-256 of
/// that. Committing what the branch holds already changes nothing. `files` lists what is in it, or
/// nothing where there are more than kListedFiles.
struct CommitDataset {
  std::string dataset, version, record;
  std::string branch = "main";
  std::vector<DatasetFile> files;
  Quality quality;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"dataset", "version", "record"};
};
BOOST_DESCRIBE_STRUCT(CommitDataset, (),
                      (dataset, version, record, branch, files, quality, simulated))
inline constexpr std::size_t kListedFiles = 200;

/// `parent` is the first of `parents`. Versions committed before there were records have files and
/// no parents, and their name is the hash of their files (manifest.h).
struct DatasetCommitted {
  std::string dataset, version, parent;
  std::vector<DatasetFile> files;
  std::int64_t records = 0, bytes = 0;
  Quality quality;
  std::string note;
  bool simulated = false;
  std::string branch, author, content;
  std::vector<std::string> parents;
  std::int64_t file_count = 0, made_us = 0;
  std::string made_by;  // JSON, as in the record
};
BOOST_DESCRIBE_STRUCT(DatasetCommitted, (),
                      (dataset, version, parent, files, records, bytes, quality, note, simulated,
                       branch, author, content, parents, file_count, made_us, made_by))

/// What is newly known of a dataset's quality; factors that are absent stay as they were.
struct RecordQuality {
  std::string dataset, version;  // version empty: the newest
  Quality quality;
  bool simulated = false;  // all of these factors rest on simulated evidence
  static constexpr std::string_view kRequired[] = {"dataset", "quality"};
};
BOOST_DESCRIBE_STRUCT(RecordQuality, (), (dataset, version, quality, simulated))
struct QualityRecorded {
  std::string dataset, version;
  Quality quality;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(QualityRecorded, (), (dataset, version, quality, simulated))

struct NewTask {
  std::string subject;  // what is judged: "session/s12"; once per queue
  std::string question;
  std::vector<std::string> options;  // at least two
  std::string gold;                  // the known answer of a test task; empty: none
  static constexpr std::string_view kRequired[] = {"subject", "question", "options"};
};
BOOST_DESCRIBE_STRUCT(NewTask, (), (subject, question, options, gold))
/// Adds tasks to a queue; a subject that is there already is left as it is.
struct OpenLabels {
  std::string queue;
  std::vector<NewTask> tasks;
  unsigned redundancy = 3;  // answers wanted per task; of the queue's first opening
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"queue", "tasks"};
};
BOOST_DESCRIBE_STRUCT(OpenLabels, (), (queue, tasks, redundancy, simulated))
struct LabelsOpened {
  std::string queue;
  std::vector<NewTask> tasks;
  unsigned redundancy = 3;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(LabelsOpened, (), (queue, tasks, redundancy, simulated))

/// One annotator's answer; sent again it changes nothing, another answer is refused.
struct AnswerLabel {
  std::string task, annotator, answer;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"task", "annotator", "answer"};
};
BOOST_DESCRIBE_STRUCT(AnswerLabel, (), (task, annotator, answer, simulated))
struct LabelAnswered {
  std::string queue, task, annotator, answer;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(LabelAnswered, (), (queue, task, annotator, answer, simulated))
/// An annotator answers known tasks no better than the queue allows.
struct AnnotatorFlagged {
  std::string queue, annotator;
  std::int64_t gold_seen = 0, gold_right = 0;
};
BOOST_DESCRIBE_STRUCT(AnnotatorFlagged, (), (queue, annotator, gold_seen, gold_right))

struct ListSources {
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListSources, (), (limit))
struct ListDatasets {};
BOOST_DESCRIBE_STRUCT(ListDatasets, (), ())
struct ShowDataset {
  std::string dataset, version;  // empty: the newest
  static constexpr std::string_view kRequired[] = {"dataset"};
};
BOOST_DESCRIBE_STRUCT(ShowDataset, (), (dataset, version))
struct LogDataset {
  std::string dataset;
  unsigned limit = 100;
  static constexpr std::string_view kRequired[] = {"dataset"};
};
BOOST_DESCRIBE_STRUCT(LogDataset, (), (dataset, limit))
struct DiffDataset {
  std::string dataset, from, to;  // to empty: the newest; from empty: its parent
  static constexpr std::string_view kRequired[] = {"dataset"};
};
BOOST_DESCRIBE_STRUCT(DiffDataset, (), (dataset, from, to))
struct ListQuality {
  std::string dataset;  // empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListQuality, (), (dataset, limit))
struct NextLabel {
  std::string queue, annotator;
  static constexpr std::string_view kRequired[] = {"queue", "annotator"};
};
BOOST_DESCRIBE_STRUCT(NextLabel, (), (queue, annotator))
struct ShowLabelQueue {
  std::string queue;  // empty: all queues
};
BOOST_DESCRIBE_STRUCT(ShowLabelQueue, (), (queue))
struct LabelResult {
  std::string queue;
  static constexpr std::string_view kRequired[] = {"queue"};
};
BOOST_DESCRIBE_STRUCT(LabelResult, (), (queue))

}  // namespace fulcrum::data
