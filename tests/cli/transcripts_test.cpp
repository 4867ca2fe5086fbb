// What people type and what they get, in an empty home.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/json.h"
#include "cli/run_program.h"

namespace fulcrum::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class Cli : public testing::Test {
 protected:
  Ran fulcrum(const std::vector<std::string>& words, const std::string& input = {}) {
    return run(home_.path() + "/h", words, input);
  }
  std::string home() const { return home_.path() + "/h"; }
  TemporaryHome home_;
};

TEST_F(Cli, ANoteIsAddedAndListed) {
  const auto added = fulcrum({"note", "add", "--subject", "job/1", "--text", "slow disk"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("note/job/1"));
  const auto listed = fulcrum({"note", "list"});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_THAT(listed.out, HasSubstr("slow disk"));
  EXPECT_THAT(listed.out, HasSubstr("member/owner"));
  const auto json = fulcrum({"note", "list", "--json"});
  const auto parsed = base::parse_json(json.out, "out");
  ASSERT_TRUE(parsed) << json.out;
  EXPECT_EQ(parsed->at("notes").at(0).at("text"), "slow disk");
  EXPECT_EQ(fulcrum({"note", "add", "--subject", "s", "--text", "t", "--quiet"}).out, "note/s\n");
}

TEST_F(Cli, ThePagesOfAFolderBecomeLines) {
  const std::string folder = home_.path() + "/pages";
  std::filesystem::create_directories(folder);
  std::string page = "<title>Mills</title><nav><a href=/>Home</a></nav>";
  for (int i = 0; i < 5; ++i)
    page += "<p>The mill ground corn for the village, and its wheel turned all day.</p>";
  std::ofstream(folder + "/mills.html") << page;
  const auto one = fulcrum({"data", "extract", "--html", folder + "/mills.html"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  const auto parsed = base::parse_json(one.out, "out");
  ASSERT_TRUE(parsed) << one.out;
  EXPECT_EQ(parsed->at("title"), "Mills");
  EXPECT_TRUE(base::get_string(*parsed, "text").starts_with("The mill ground"));
  const std::string out = home_.path() + "/out.jsonl";
  const auto many = fulcrum({"data", "extract", "--in", folder, "--out", out, "--json"});
  EXPECT_EQ(many.exit_code, 0) << many.err;
  EXPECT_EQ(base::parse_json(many.out, "out")->at("pages"), 1);
  EXPECT_THAT(*base::read_file(out), HasSubstr("\"id\":\"mills.html\""));
  EXPECT_EQ(fulcrum({"data", "extract"}).exit_code, 2);
  EXPECT_EQ(fulcrum({"data", "extract", "--html", folder + "/absent"}).exit_code, 1);
}

TEST_F(Cli, TheHomeIsTheOwnersAlone) {
  ASSERT_EQ(fulcrum({"note", "list"}).exit_code, 0);
  struct stat status {};
  ASSERT_EQ(::stat(home().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((home() + "/token").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Cli, OnlyPublicKeysInTheHomeAreForOthersToRead) {
  ASSERT_EQ(fulcrum({"note", "add", "--subject", "s", "--text", "t"}).exit_code, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home())) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    if (entry.is_regular_file() && entry.path().extension() != ".pub") {
      EXPECT_EQ(status.st_mode & 0077, 0u) << entry.path();
    } else if (entry.is_directory() && entry.path().parent_path() == home()) {
      EXPECT_EQ(status.st_mode & 0077, 0u) << entry.path();
    }
  }
}

TEST_F(Cli, ATokenDecidesWhoOneIsWithoutAServerToo) {
  ASSERT_EQ(fulcrum({"note", "list"}).exit_code, 0);
  const auto made =
      fulcrum({"token", "create", "--actor", "member/v", "--role", "viewer", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto shown = base::parse_json(made.out, "out");
  ASSERT_TRUE(shown);
  const std::string token = base::get_string(*shown, "token");
  EXPECT_EQ(token.size(), 64u);
  EXPECT_THAT(fulcrum({"ledger", "tail", "--json"}).out, Not(HasSubstr(token)));
  ::setenv("FULCRUM_TOKEN", token.c_str(), 1);
  const auto read = fulcrum({"note", "list"});
  const auto written = fulcrum({"note", "add", "--subject", "s", "--text", "t"});
  ::setenv("FULCRUM_TOKEN", "wrong", 1);
  const auto stranger = fulcrum({"note", "list"});
  ::unsetenv("FULCRUM_TOKEN");
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(written.exit_code, 3);
  EXPECT_THAT(written.err, HasSubstr("permission.denied"));
  EXPECT_EQ(stranger.exit_code, 3);
  EXPECT_THAT(stranger.err, HasSubstr("auth.missing"));
}

TEST_F(Cli, ScoresAreShownAndWalkedDown) {
  const auto all = fulcrum({"score"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("Team performance"));
  const auto why = fulcrum({"score", "data_quality", "--why"});
  EXPECT_THAT(why.out, HasSubstr("query: dataset.list"));
  EXPECT_THAT(why.out, Not(HasSubstr("Team performance")));
  const auto json = base::parse_json(fulcrum({"score", "--json"}).out, "out");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("scores").as_object().size(), 5u);
  EXPECT_EQ(json->at("scores").at("data_quality").at("state"), "not_assessed");
  EXPECT_EQ(fulcrum({"score", "data_qality"}).exit_code, 1);
}

TEST_F(Cli, AssessingTheNodeMeasuresThisMachine) {
  const auto assessed = fulcrum({"node", "assess", "--json"});
  ASSERT_EQ(assessed.exit_code, 0) << assessed.err;
  EXPECT_GT(base::get_number(*base::parse_json(assessed.out, "out"), "one_thread_gflop_per_s"), 0);
  const auto listed = base::parse_json(fulcrum({"node", "list", "--json"}).out, "out");
  ASSERT_TRUE(listed);
  EXPECT_GT(base::get_number(listed->at("nodes").at(0), "memory_gb_per_s"), 0);
}

TEST_F(Cli, DamageIsReportedAsJsonWhateverItsDepth) {
  for (const char* text : {"first", "second"})
    ASSERT_EQ(fulcrum({"note", "add", "--subject", "s", "--text", text}).exit_code, 0);
  const std::string file = home() + "/ledger.db";
  std::string bytes = *base::read_file(file);
  const auto report = [&] {
    const auto ran = fulcrum({"ledger", "verify", "--json"});
    EXPECT_EQ(ran.exit_code, 1);
    const auto parsed = base::parse_json(ran.out, "out");
    EXPECT_TRUE(parsed) << ran.out << ran.err;
    return parsed ? *parsed : base::json::value(base::json::object{});
  };
  const auto at = bytes.find("first");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'F';
  ASSERT_TRUE(base::write_file(file, bytes, 0600));
  const auto altered = report();
  EXPECT_FALSE(base::get_bool(altered, "ok", true));
  EXPECT_EQ(base::get_integer(altered, "first_bad_seq"), 2);
  std::fill(bytes.begin() + 12288, bytes.end(), '\xaa');
  ASSERT_TRUE(base::write_file(file, bytes, 0600));
  const auto broken = report();
  EXPECT_FALSE(base::get_bool(broken, "ok", true));
  EXPECT_GE(base::get_integer(broken, "first_bad_seq"), 1);
}

TEST_F(Cli, AWrongWordNamesTheNearest) {
  const auto group = fulcrum({"nte", "add"});
  EXPECT_EQ(group.exit_code, 2);
  EXPECT_THAT(group.err, HasSubstr("fulcrum has no command nte"));
  EXPECT_THAT(group.err, HasSubstr("did you mean note?"));
  const auto leaf = fulcrum({"note", "ad"});
  EXPECT_EQ(leaf.exit_code, 2);
  EXPECT_THAT(leaf.err, HasSubstr("did you mean add?"));
  const auto option = fulcrum({"note", "add", "--txt", "x"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean --text?"));
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(Cli, AWrongTypeSaysWhatWasExpected) {
  const auto ran = fulcrum({"note", "list", "--limit", "two"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("limit: expected integer \u2265 0, got \"two\""));
}

TEST_F(Cli, AMissingValueIsNamed) {
  const auto ran = fulcrum({"note", "add", "--subject", "s"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("text: required, but missing"));
  const auto json = fulcrum({"note", "add", "--subject", "s", "--json"});
  EXPECT_EQ(json.out, "");
  const auto error = base::parse_json(json.err, "err");
  ASSERT_TRUE(error) << json.err;
  EXPECT_EQ(error->at("error").at("code"), "value.missing");
  EXPECT_EQ(error->at("error").at("field"), "text");
}

TEST_F(Cli, TheBodyMayComeFromJson) {
  const auto ran = fulcrum({"note", "add", "--from-json", "-", "--text", "mine"},
                           R"({"subject":"s","text":"theirs"})");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(fulcrum({"note", "list"}).out, HasSubstr("mine"));
  const auto broken = fulcrum({"note", "add", "--from-json", "-"}, "{\n  \"subject\": }");
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.err, HasSubstr("standard input:2:"));
}

TEST_F(Cli, AKeyHappensOnce) {
  const std::vector<std::string> words = {
      "note", "add", "--subject", "s", "--text", "t", "--idempotency-key", "k", "--json"};
  const auto first = fulcrum(words), second = fulcrum(words);
  EXPECT_EQ(base::parse_json(first.out, "out")->at("seq"),
            base::parse_json(second.out, "out")->at("seq"));
  EXPECT_THAT(second.out, HasSubstr("\"repeated\":true"));
}

TEST_F(Cli, WhatNeedsAServerSaysSo) {
  const auto ran = fulcrum({"job", "submit", "--name", "x", "--from-json", "-"}, "{}");
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("fulcrum up"));
}

TEST_F(Cli, AHeldHomeWhoseHolderDoesNotAnswerIsAClearFailure) {
  ASSERT_EQ(fulcrum({"note", "list"}).exit_code, 0);
  const int lock = ::open((home() + "/lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  const auto ran = fulcrum({"note", "list", "--wait", "0.1"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("another process holds"));
  EXPECT_THAT(ran.err, HasSubstr("engine.sock"));
  EXPECT_EQ(fulcrum({"up", "--port", "0"}).exit_code, 1);
  ::close(lock);
  EXPECT_EQ(fulcrum({"note", "list"}).exit_code, 0);
}

TEST_F(Cli, TheLedgerIsShownCheckedMovedAndRebuilt) {
  for (const char* text : {"one", "two"})
    ASSERT_EQ(fulcrum({"note", "add", "--subject", "s", "--text", text}).exit_code, 0);
  EXPECT_THAT(fulcrum({"ledger", "tail"}).out, HasSubstr("note.added"));
  const auto verified = fulcrum({"ledger", "verify", "--json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err << verified.out;
  const auto report = base::parse_json(verified.out, "out");
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->at("ok").as_bool());
  const auto before = fulcrum({"note", "list", "--json"}).out;
  EXPECT_EQ(fulcrum({"ledger", "rebuild"}).exit_code, 0);
  EXPECT_EQ(fulcrum({"note", "list", "--json"}).out, before);
  const std::string file = home_.path() + "/export";
  EXPECT_EQ(fulcrum({"ledger", "export", file}).exit_code, 0);
  EXPECT_EQ(fulcrum({"ledger", "import", file}).exit_code, 1);
  const std::string other = home_.path() + "/other";
  const auto imported = run(other, {"ledger", "import", file, "--json"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  // The export itself is in the audit, and so in the copy.
  const auto exported = base::parse_json(fulcrum({"ledger", "verify", "--json"}).out, "out");
  EXPECT_EQ(base::parse_json(imported.out, "out")->at("root"), exported->at("root"));
  EXPECT_THAT(fulcrum({"audit", "list", "--what", "read:ledger.export", "--json"}).out,
              HasSubstr(R"("subject":"ledger")"));
  EXPECT_EQ(run(other, {"note", "list", "--json"}).out, before);
  const auto again = run(other, {"ledger", "verify", "--json"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST_F(Cli, ADamagedLedgerCanStillBeExported) {
  ASSERT_EQ(fulcrum({"note", "add", "--subject", "a", "--text", "b"}).exit_code, 0);
  sqlite3* file = nullptr;
  ASSERT_EQ(sqlite3_open((home() + "/ledger.db").c_str(), &file), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(
                file, "UPDATE events SET payload = '{' WHERE seq = (SELECT max(seq) FROM events)",
                nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(file);
  EXPECT_EQ(fulcrum({"note", "list"}).exit_code, 1);
  const auto exported = fulcrum({"ledger", "export", home_.path() + "/export", "--json"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("ledger.replay"));
}

TEST_F(Cli, HelpAndCompletionNeedNoHome) {
  EXPECT_THAT(fulcrum({"--help"}).out, HasSubstr("note"));
  EXPECT_THAT(fulcrum({"note", "add", "--help"}).out, HasSubstr("--subject"));
  EXPECT_THAT(fulcrum({"help", "exit-codes"}).out, HasSubstr("3  refused"));
  EXPECT_THAT(fulcrum({"--lang", "zh", "help", "exit-codes"}).out, HasSubstr("退出码"));
  EXPECT_EQ(fulcrum({"help", "exit-code"}).exit_code, 2);
  EXPECT_THAT(fulcrum({"completion", "bash"}).out, HasSubstr("\"note add\") words=\"--subject"));
  EXPECT_THAT(fulcrum({"--version"}).out, HasSubstr("fulcrum 0."));
  EXPECT_EQ(fulcrum({"completion", "tcsh"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(Cli, AVerbAndAQueryMayShareAName) {
  const auto listed = fulcrum({"run", "list", "--json"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_TRUE(base::parse_json(listed.out, "out")) << listed.out;
  EXPECT_EQ(fulcrum({"run"}).exit_code, 2);
}

TEST_F(Cli, MessagesComeInChinese) {
  const auto ran = fulcrum({"--lang", "zh", "nte"});
  EXPECT_THAT(ran.err, HasSubstr("没有命令 nte"));
  EXPECT_THAT(ran.err, Not(HasSubstr("has no command")));
}

}  // namespace
}  // namespace fulcrum::tests
