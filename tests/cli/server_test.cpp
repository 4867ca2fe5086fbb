// The program as a server, over TCP and its socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/json.h"
#include "cli/run_program.h"

namespace fulcrum::tests {
namespace {

using testing::HasSubstr;

TEST(Up, AnswersOnceItSaysSoAndStopsCleanly) {
  TemporaryHome home;
  Server server(home.path());
  ASSERT_FALSE(server.url().empty()) << server.line();
  EXPECT_EQ(http("GET", server.url() + "/healthz").status, 200);
  EXPECT_EQ(http("GET", server.url() + "/api/v1/ledger").status, 401);
  EXPECT_EQ(http("GET", server.url() + "/api/v1/ledger", "wrong").status, 401);
  const auto page = http("GET", server.url() + "/api/v1/ledger", server.token());
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find(server.token()), std::string::npos);
  EXPECT_EQ(http("GET", server.url() + "/healthz", "", "", {"Host: evil.example"}).status, 421);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(home.path() + "/engine.sock"));
}

TEST(Up, OtherProcessesForwardToIt) {
  TemporaryHome home;
  Server server(home.path());
  const auto added = run(home.path(), {"note", "add", "--subject", "s", "--text", "through"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(run(home.path(), {"note", "list"}).out, HasSubstr("through"));
  EXPECT_THAT(run(home.path(), {"ledger", "tail"}).out, HasSubstr("note.added"));
  EXPECT_EQ(run(home.path(), {"ledger", "verify"}).exit_code, 0);
  const auto wrong = run(home.path(), {"note", "list", "--limit", "two"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("limit: expected integer \u2265 0, got \"two\""));
  const auto second = run(home.path(), {"up", "--port", "0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("served already"));
  server.stop();
  EXPECT_THAT(run(home.path(), {"note", "list"}).out, HasSubstr("through"));
}

TEST(Up, KeepsItsTokenAndHappensOnce) {
  TemporaryHome home;
  std::string token;
  {
    Server server(home.path());
    token = server.token();
  }
  Server server(home.path());
  EXPECT_EQ(server.token(), token);
  const auto add = [&] {
    return http("POST", server.url() + "/api/v1/commands/note.add", server.token(),
                R"({"subject":"s","text":"t"})", {"Idempotency-Key: k"});
  };
  const auto first = add(), second = add();
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(base::parse_json(first.body, "b")->at("seq"),
            base::parse_json(second.body, "b")->at("seq"));
}

TEST(Up, ATokenMadeForAViewerMayOnlyRead) {
  TemporaryHome home;
  Server server(home.path());
  // SHA-256 of "viewer-secret"
  const auto made =
      http("POST", server.url() + "/api/v1/commands/token.create", server.token(),
           R"({"actor":"member/v","role":"viewer","expires_at_us":9000000000000000,"token_sha256":)"
           R"("f6aa3a0aabbb721b4aa7763a987a47688a702b1bcf4850cb4ba5bdab26f9cc4b"})");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(http("GET", server.url() + "/api/v1/ledger", "viewer-secret").status, 200);
  EXPECT_EQ(http("POST", server.url() + "/api/v1/commands/note.add", "viewer-secret",
                 R"({"subject":"s","text":"t"})")
                .status,
            403);
}

TEST(Up, EventsStreamAndResume) {
  TemporaryHome home;
  Server server(home.path());
  const auto add = [&](const char* text) {
    return http("POST", server.url() + "/api/v1/commands/note.add", server.token(),
                std::string(R"({"subject":"s","text":")") + text + "\"}");
  };
  const auto one = base::parse_json(add("one").body, "b");
  ASSERT_TRUE(one);
  add("two");
  const auto seq = std::to_string(one->at("seq").to_number<std::uint64_t>());
  const auto resumed = http("GET", server.url() + "/api/v1/events", server.token(), "",
                            {"Last-Event-ID: " + seq}, "\"two\"");
  EXPECT_EQ(resumed.status, 200);
  EXPECT_THAT(resumed.body, HasSubstr("event: note.added"));
  EXPECT_EQ(resumed.body.find("\"one\""), std::string::npos) << resumed.body;
}

}  // namespace
}  // namespace fulcrum::tests
