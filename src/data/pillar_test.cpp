// Commands and queries of the data pillar through its run-time front.
#include "data/pillar.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "data/manifest.h"
#include "data/versions/record.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;

class NoTables final : public ledger::TableReader {
 public:
  base::Result<std::vector<ledger::Row>> select(const ledger::Select&) const override {
    return std::vector<ledger::Row>{};
  }
  base::Result<std::uint64_t> count(const ledger::Select&) const override { return 0; }
  const ledger::TableSpec* spec(std::string_view) const override { return nullptr; }
};

class DataPillar : public testing::Test {
 protected:
  std::unique_ptr<ledger::Pillar> pillar_ = make_pillar();
  std::uint64_t seq_ = 0;
  /// Decides and applies; the number of events, or the error's code.
  std::string send(std::string_view name, const json::value& body) {
    const auto events = pillar_->decide(name, body, ledger::Context{.now_us = 1, .actor = "t"});
    if (!events) return events.error().code;
    for (const auto& event : *events) {
      ledger::Event stored{.seq = ++seq_,
                           .time_us = 1,
                           .stream = event.stream,
                           .version = 1,
                           .kind = event.kind,
                           .actor = "t",
                           .command_id = "c",
                           .payload = event.payload};
      pillar_->evolve(stored, base::parse_json(event.payload, "event").value());
    }
    return std::to_string(events->size());
  }
  json::value ask(std::string_view name, const json::value& parameters) {
    auto answer = pillar_->answer(name, parameters, NoTables());
    return answer ? *answer : json::value(json::object{{"error", answer.error().code}});
  }
  json::object commit(std::vector<std::pair<std::string, std::string>> files) {
    std::vector<DatasetFile> kept;
    json::array listed;
    for (const auto& [path, object] : files) {
      kept.push_back({path, object, 10, 5});
      listed.push_back(
          json::object{{"path", path}, {"object", object}, {"bytes", 10}, {"records", 5}});
    }
    versions::VersionRecord record;
    record.dataset = "clicks";
    if (!last_.empty()) record.parents = {last_};
    record.files = static_cast<std::int64_t>(files.size());
    record.records = 5 * record.files;
    record.bytes = 10 * record.files;
    record.content = content_of(kept);
    const std::string text = versions::encode_record(record);
    last_ = versions::version_name(text);
    return {{"dataset", "clicks"}, {"version", last_}, {"record", text}, {"files", listed}};
  }
  std::string last_;
};

TEST_F(DataPillar, VersionsAreImmutableAndDiffer) {
  const auto first = commit({{"a", "1"}, {"b", "2"}}),
             second = commit({{"a", "1"}, {"b", "3"}, {"c", "4"}});
  EXPECT_EQ(send("dataset.commit", first), "1");
  EXPECT_EQ(send("dataset.commit", first), "0") << "the same version again";
  EXPECT_EQ(send("dataset.commit", second), "1");
  json::object wrong = first;
  wrong["version"] = "beef";
  EXPECT_EQ(send("dataset.commit", wrong), "dataset.hash");
  wrong = second;
  wrong["files"] = first.at("files");
  EXPECT_EQ(send("dataset.commit", wrong), "dataset.hash") << "the files of another version";
  wrong = first;
  wrong["record"] = "{}";
  wrong["version"] = versions::version_name("{}");
  EXPECT_EQ(send("dataset.commit", wrong), "dataset.record");
  const auto diff = ask("dataset.diff", json::object{{"dataset", "clicks"}});
  EXPECT_EQ(base::get_integer(diff, "files_added"), 1);
  EXPECT_EQ(base::get_integer(diff, "files_changed"), 1);
  EXPECT_EQ(base::get_integer(diff, "records_change"), 5);
  EXPECT_EQ(base::get_string(ask("dataset.show", json::object{{"dataset", "nope"}}), "error"),
            "dataset.unknown");
  EXPECT_EQ(send("dataset.commit", first), "1") << "going back is a new head";
  EXPECT_EQ(base::get_string(ask("dataset.show", json::object{{"dataset", "clicks"}}), "version"),
            base::get_string(first, "version"));
}

TEST_F(DataPillar, BranchesHaveHeadsOfTheirOwn) {
  auto first = commit({{"a", "1"}}), second = commit({{"a", "2"}});
  second["branch"] = "trial";
  EXPECT_EQ(send("dataset.commit", first), "1");
  EXPECT_EQ(send("dataset.commit", second), "1");
  EXPECT_EQ(send("dataset.commit", second), "0");
  EXPECT_EQ(base::get_string(ask("dataset.show", json::object{{"dataset", "clicks"}}), "version"),
            base::get_string(first, "version"));
  second["branch"] = "main";
  EXPECT_EQ(send("dataset.commit", second), "1") << "main goes forward";
  EXPECT_EQ(base::get_string(ask("dataset.show", json::object{{"dataset", "clicks"}}), "version"),
            base::get_string(second, "version"));
}

TEST_F(DataPillar, EventsFromBeforeThereWereRecordsStayReadable) {
  const auto apply = [&](std::string_view version, std::string_view parent, const char* object) {
    const std::string payload = fmt::format(
        R"({{"dataset":"old","version":"{}","parent":"{}","files":[{{"path":"a","object":"{}",)"
        R"("bytes":3,"records":1}}],"records":1,"bytes":3,"quality":{{}},"note":"n",)"
        R"("simulated":false}})",
        version, parent, object);
    pillar_->evolve({.seq = ++seq_,
                     .time_us = 1,
                     .stream = "dataset/old",
                     .version = 1,
                     .kind = "dataset.committed",
                     .actor = "t",
                     .command_id = "c",
                     .payload = payload},
                    base::parse_json(payload, "event").value());
  };
  apply("aaaa", "", "1");
  apply("bbbb", "aaaa", "2");
  const auto shown = ask("dataset.show", json::object{{"dataset", "old"}});
  EXPECT_EQ(base::get_string(shown, "version"), "bbbb");
  EXPECT_EQ(base::get_integer(shown, "file_count"), 1);
  EXPECT_EQ(
      base::get_integer(ask("dataset.diff", json::object{{"dataset", "old"}}), "files_changed"), 1);
}

TEST_F(DataPillar, SimulatedEvidenceNeverReplacesReal) {
  send("dataset.commit", commit({{"a", "1"}}));
  const auto record = [&](double value, bool simulated) {
    return send(
        "quality.record",
        json::object{
            {"dataset", "clicks"},
            {"simulated", simulated},
            {"quality",
             {{"accuracy", {{"value", value}, {"low", value}, {"high", value}, {"n", 5}}}}}});
  };
  const auto accuracy = [&] {
    return base::get_number(ask("dataset.show", json::object{{"dataset", "clicks"}}),
                            "quality.accuracy.value");
  };
  EXPECT_EQ(record(0.5, true), "1");
  EXPECT_EQ(accuracy(), 0.5);
  record(0.7, false);
  record(0.9, true);
  EXPECT_EQ(accuracy(), 0.7);
  EXPECT_EQ(record(1.5, false), "quality.range");
}

TEST_F(DataPillar, LabelsGoRoundOnce) {
  json::array tasks;
  for (int i = 0; i < 5; ++i)
    tasks.push_back(json::object{
        {"subject", fmt::format("s{}", i)}, {"question", "?"}, {"options", {"yes", "no"}}});
  const json::object open{{"queue", "q-1"}, {"tasks", tasks}, {"redundancy", 2}};
  EXPECT_EQ(send("label.open", open), "1");
  EXPECT_EQ(send("label.open", open), "0");
  for (const char* annotator : {"ann", "bob"})
    for (int i = 0; i < 5; ++i) {
      const auto next = ask("label.next", json::object{{"queue", "q-1"}, {"annotator", annotator}});
      const std::string task = base::get_string(next, "task.id");
      ASSERT_FALSE(task.empty()) << annotator << " " << i;
      const json::object answer{
          {"task", task}, {"annotator", annotator}, {"answer", "yes"}, {"simulated", true}};
      EXPECT_EQ(send("label.answer", answer), "1");
      EXPECT_EQ(send("label.answer", answer), "0") << "sent twice";
      json::object other = answer;
      other["answer"] = "no";
      EXPECT_EQ(send("label.answer", other), "label.answered");
    }
  EXPECT_TRUE(
      ask("label.next", json::object{{"queue", "q-1"}, {"annotator", "cat"}}).at("task").is_null());
  const auto queue = ask("label.queue", json::object{{"queue", "q-1"}});
  EXPECT_EQ(base::get_integer(queue, "open"), 0);
  EXPECT_EQ(base::get_integer(queue, "answered"), 5);
  const auto result = ask("label.result", json::object{{"queue", "q-1"}});
  EXPECT_EQ(base::get_string(result.at("tasks").at(0), "label"), "yes");
  EXPECT_TRUE(base::get_bool(result, "simulated"));
}

TEST_F(DataPillar, WhoFailsKnownTasksIsFlaggedAndHasNoVoice) {
  json::array tasks;
  for (int i = 0; i < 6; ++i)
    tasks.push_back(json::object{{"subject", fmt::format("s{}", i)},
                                 {"question", "?"},
                                 {"options", {"yes", "no"}},
                                 {"gold", i < 5 ? "yes" : ""}});
  send("label.open", json::object{{"queue", "q"}, {"tasks", tasks}});
  for (int i = 1; i <= 4; ++i)
    EXPECT_EQ(send("label.answer", json::object{{"task", fmt::format("q-{:06}", i)},
                                                {"annotator", "bad"},
                                                {"answer", "no"}}),
              i == 4 ? "2" : "1");
  EXPECT_EQ(send("label.answer",
                 json::object{{"task", "q-000006"}, {"annotator", "bad"}, {"answer", "no"}}),
            "label.flagged");
  EXPECT_EQ(base::get_string(ask("label.next", json::object{{"queue", "q"}, {"annotator", "bad"}}),
                             "error"),
            "label.flagged");
  EXPECT_FALSE(ask("label.result", json::object{{"queue", "q"}})
                   .at("tasks")
                   .at(0)
                   .as_object()
                   .contains("label"));
}

TEST_F(DataPillar, StateSurvivesASnapshot) {
  send("dataset.commit", commit({{"a", "1"}}));
  send("label.open",
       json::object{{"queue", "q"},
                    {"tasks", json::array{json::object{
                                  {"subject", "s"}, {"question", "?"}, {"options", {"a", "b"}}}}}});
  const json::value saved = pillar_->save();
  auto other = make_pillar();
  ASSERT_TRUE(other->restore(saved));
  EXPECT_EQ(other->save(), saved);
}

}  // namespace
}  // namespace fulcrum::data
