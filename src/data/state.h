#pragma once
// What data decisions need to know.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/types.h"

namespace fulcrum::data {

struct VersionState {
  std::string parent;
  std::int64_t records = 0, bytes = 0, time_us = 0;
  std::vector<DatasetFile> files;
  Quality quality;
  std::string note;
  bool simulated = false;
  std::string branch, author;
  std::vector<std::string> parents;
  std::int64_t file_count = 0;
  std::string made_by;
};
BOOST_DESCRIBE_STRUCT(VersionState, (),
                      (parent, records, bytes, time_us, files, quality, note, simulated, branch,
                       author, parents, file_count, made_by))
struct DatasetState {
  std::string head;  // of the branch main; without one, what was committed last
  std::map<std::string, VersionState> versions;
  std::map<std::string, std::string> branches;  // as far as committed to; refs are in versions/
};
BOOST_DESCRIBE_STRUCT(DatasetState, (), (head, versions, branches))

struct TaskState {
  std::string subject, question;
  std::vector<std::string> options;
  std::string gold;
  std::map<std::string, std::string> answers;  // annotator -> answer
  std::int64_t simulated_answers = 0;
};
BOOST_DESCRIBE_STRUCT(TaskState, (), (subject, question, options, gold, answers, simulated_answers))
struct AnnotatorState {
  std::int64_t answers = 0, gold_seen = 0, gold_right = 0;
  bool flagged = false;
};
BOOST_DESCRIBE_STRUCT(AnnotatorState, (), (answers, gold_seen, gold_right, flagged))
struct QueueState {
  unsigned redundancy = 3;
  bool simulated = false;
  std::map<std::string, TaskState> tasks;         // id -> task; ids in order of opening
  std::map<std::string, std::string> by_subject;  // subject -> task id
  std::map<std::string, AnnotatorState> annotators;
};
BOOST_DESCRIBE_STRUCT(QueueState, (), (redundancy, simulated, tasks, by_subject, annotators))

struct State {
  std::map<std::string, DatasetState> datasets;
  std::map<std::string, QueueState> queues;
};
BOOST_DESCRIBE_STRUCT(State, (), (datasets, queues))

}  // namespace fulcrum::data
