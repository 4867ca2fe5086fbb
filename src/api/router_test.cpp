// Routes over an engine in memory.
#include "api/router.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "ledger/store.h"
#include "team/pillar.h"

namespace fulcrum::api {
namespace {

namespace json = base::json;

class FakeAuthenticator final : public Authenticator {
 public:
  std::optional<Identity> identify(std::string_view token) const override {
    if (token == "owner") return owner_identity();
    if (token == "viewer") return Identity{"member/v", ledger::Role::kViewer};
    return std::nullopt;
  }
};

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    std::vector<std::unique_ptr<ledger::Pillar>> pillars;
    pillars.push_back(team::make_pillar());
    auto store = ledger::open_memory_store({.tables = pillars[0]->tables(), .sign = {}});
    engine_ = std::move(
        *control::open_engine(std::move(pillars), std::move(store), nullptr, {.seed = 1}));
    router_ = make_router(*engine_, authenticator_);
  }

  HttpResponse call(std::string method, std::string path, std::string body = {},
                    std::string token = "owner",
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
    HttpRequest request{.method = std::move(method),
                        .path = std::move(path),
                        .query = {},
                        .headers = std::move(headers),
                        .body = std::move(body)};
    const auto mark = request.path.find('?');
    if (mark != std::string::npos) {
      const std::string query = request.path.substr(mark + 1);
      request.path.resize(mark);
      const auto equals = query.find('=');
      request.query.emplace_back(query.substr(0, equals), query.substr(equals + 1));
    }
    bool has_host = false;
    for (const auto& [name, value] : request.headers) has_host = has_host || name == "host";
    if (!has_host) request.headers.emplace_back("host", "127.0.0.1:7470");
    if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
    return router_->handle(request);
  }
  HttpResponse add_note(std::string key = {}, std::string token = "owner") {
    return call("POST", "/api/v1/commands/note.add", R"({"subject":"job/1","text":"slow"})", token,
                key.empty()
                    ? std::vector<std::pair<std::string, std::string>>{}
                    : std::vector<std::pair<std::string, std::string>>{{"idempotency-key", key}});
  }
  static json::value parsed(const HttpResponse& response) {
    return *base::parse_json(response.body, "answer");
  }
  static std::string code_of(const HttpResponse& response) {
    return base::get_string(parsed(response).at("error"), "code");
  }

  FakeAuthenticator authenticator_;
  std::unique_ptr<control::Engine> engine_;
  std::unique_ptr<Router> router_;
};

TEST_F(RouterTest, ACommandAnswersItsSeqs) {
  const auto response = add_note();
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(parsed(response).at("seq").to_number<int>(), 1);
  EXPECT_EQ(base::to_text(parsed(response).at("events")), "[1]");
}

TEST_F(RouterTest, AKeyHappensOnce) {
  const auto first = add_note("k"), second = add_note("k");
  EXPECT_EQ(parsed(first).at("seq"), parsed(second).at("seq"));
  EXPECT_TRUE(base::get_bool(parsed(second), "repeated"));
  EXPECT_EQ(engine_->store().size(), 1u);
}

TEST_F(RouterTest, WhoDoesNotSayWhoTheyAreGetsNothing) {
  const auto nobody = add_note("", ""), stranger = add_note("", "wrong");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(stranger.status, 401);
  EXPECT_EQ(code_of(stranger), "auth.missing");
  EXPECT_EQ(call("GET", "/api/v1/ledger", "", "").status, 401);
  EXPECT_EQ(call("GET", "/api/v1/events", "", "").status, 401);
  EXPECT_EQ(call("GET", "/metrics", "", "").status, 200);
  EXPECT_EQ(call("GET", "/openapi.json", "", "").status, 200);
  EXPECT_EQ(call("GET", "/healthz", "", "").status, 200);
  EXPECT_EQ(call("GET", "/readyz", "", "").status, 200);
  EXPECT_EQ(engine_->store().size(), 0u);
}

TEST_F(RouterTest, MetricsOfAServerThatOthersReachNeedAToken) {
  router_ = make_router(*engine_, authenticator_, {.loopback_hosts_only = false});
  EXPECT_EQ(call("GET", "/metrics", "", "").status, 401);
  EXPECT_EQ(call("GET", "/metrics", "", "viewer").status, 200);
  EXPECT_EQ(call("GET", "/healthz", "", "").status, 200);
}

TEST_F(RouterTest, AViewerMayReadAndNotWrite) {
  const auto refused = add_note("", "viewer");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code_of(refused), "permission.denied");
  EXPECT_EQ(call("GET", "/api/v1/queries/note.list", "", "viewer").status, 200);
}

TEST_F(RouterTest, MistakesSayWhereAndHow) {
  const auto broken = call("POST", "/api/v1/commands/note.add", "{\"subject\":");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(code_of(broken), "json.syntax");
  const auto wrong = call("POST", "/api/v1/commands/note.add", R"({"subject":1,"text":"x"})");
  EXPECT_EQ(base::get_string(parsed(wrong).at("error"), "field"), "subject");
  const auto list = call("POST", "/api/v1/commands/note.add", "[]");
  EXPECT_EQ(code_of(list), "request.body");
  const auto near = call("POST", "/api/v1/commands/note.ad", "{}");
  EXPECT_EQ(near.status, 404);
  EXPECT_EQ(base::get_string(parsed(near).at("error"), "fix"), "did you mean note.add?");
  EXPECT_EQ(call("GET", "/nowhere").status, 404);
  const auto method = call("DELETE", "/api/v1/ledger");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(call("GET", "/api/v1/commands/note.add").status, 405);
}

TEST_F(RouterTest, AGetConvertsItsParameters) {
  add_note();
  add_note();
  const auto one = call("GET", "/api/v1/queries/note.list?limit=1");
  EXPECT_EQ(parsed(one).at("notes").as_array().size(), 1u);
  const auto wrong = call("GET", "/api/v1/queries/note.list?limit=two");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(base::get_string(parsed(wrong).at("error"), "message"),
            "expected integer \u2265 0, got \"two\"");
  EXPECT_EQ(parsed(call("POST", "/api/v1/queries/note.list", R"({"limit":1})")), parsed(one));
}

TEST_F(RouterTest, TheLedgerIsReadInPages) {
  for (int i = 0; i < 3; ++i) add_note();
  const auto page = parsed(call("GET", "/api/v1/ledger?limit=2"));
  ASSERT_EQ(page.at("events").as_array().size(), 2u);
  EXPECT_EQ(page.at("next").to_number<int>(), 3);
  const auto& event = page.at("events").at(0);
  for (const char* name :
       {"seq", "time_us", "stream", "version", "kind", "actor", "command_id", "payload"})
    EXPECT_TRUE(event.as_object().contains(name)) << name;
  EXPECT_EQ(event.at("payload").at("text"), "slow");
  const auto rest = parsed(call("GET", "/api/v1/ledger?from=9"));
  EXPECT_TRUE(rest.at("events").as_array().empty());
  EXPECT_EQ(rest.at("next").to_number<int>(), 9);
}

TEST_F(RouterTest, EventsResumeAfterTheLastId) {
  for (int i = 0; i < 3; ++i) add_note();
  auto response = call("GET", "/api/v1/events", "", "owner", {{"last-event-id", "2"}});
  ASSERT_TRUE(response.stream);
  EXPECT_EQ(response.content_type, "text/event-stream");
  response.stream();
  const auto chunk = response.stream();
  ASSERT_TRUE(chunk);
  EXPECT_TRUE(chunk->starts_with("id: 3\nevent: note.added\ndata: {")) << *chunk;
  EXPECT_EQ(chunk->find("id: 1\n"), std::string::npos);
  add_note();
  EXPECT_TRUE(response.stream()->starts_with("id: 5\n"));  // 4: that the stream was opened
  EXPECT_EQ(call("GET", "/api/v1/events", "", "owner", {{"last-event-id", "x"}}).status, 400);
}

TEST_F(RouterTest, AForeignHostNameIsRefused) {
  EXPECT_EQ(call("GET", "/healthz", "", "", {{"host", "evil.example"}}).status, 421);
  EXPECT_EQ(call("GET", "/healthz", "", "", {{"host", "127.0.0.1.evil.example"}}).status, 421);
  EXPECT_EQ(call("GET", "/healthz", "", "", {{"host", ""}}).status, 421);
  EXPECT_EQ(call("GET", "/healthz", "", "", {{"host", "localhost:1"}}).status, 200);
  EXPECT_EQ(call("GET", "/healthz", "", "", {{"host", "[::1]:7470"}}).status, 200);
}

TEST_F(RouterTest, TheOwnersSocketNeedsNoTokenButATokenCounts) {
  HttpRequest request{.method = "GET",
                      .path = "/api/v1/ledger",
                      .query = {},
                      .headers = {},
                      .body = {},
                      .from_unix_socket = true};
  EXPECT_EQ(router_->handle(request).status, 200);
  request.headers.emplace_back("authorization", "Bearer wrong");
  EXPECT_EQ(router_->handle(request).status, 401);
}

TEST_F(RouterTest, MountedRoutesTakeTheirPrefixAlone) {
  router_->mount("/v2", "POST", Access::kOpen, [](const HttpRequest& request, const Identity& who) {
    return HttpResponse{.body = who.actor + " " + request.path};
  });
  EXPECT_EQ(call("POST", "/v2/models/m/infer", "", "").body, "anonymous /v2/models/m/infer");
  EXPECT_EQ(call("POST", "/v2", "", "viewer").body, "member/v /v2");
  EXPECT_EQ(call("GET", "/v2").status, 405);
  EXPECT_EQ(call("POST", "/v22").status, 404);
}

TEST_F(RouterTest, OpenApiListsEveryFrontAndThePageIsGuarded) {
  const auto api = parsed(call("GET", "/openapi.json"));
  EXPECT_EQ(api.at("openapi"), "3.1.0");
  EXPECT_TRUE(api.at("paths").as_object().contains("/api/v1/commands/note.add"));
  EXPECT_TRUE(api.at("paths").as_object().contains("/api/v1/queries/note.list"));
  const auto page = call("GET", "/", "", "");
  EXPECT_EQ(page.status, 200);
  std::string policy;
  for (const auto& [name, value] : page.headers)
    if (name == "Content-Security-Policy") policy = value;
  EXPECT_NE(policy.find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  EXPECT_EQ(call("GET", "/app.js", "", "").status, 200);
}

TEST_F(RouterTest, MetricsCountByRouteAndStatus) {
  add_note();
  add_note("", "");
  call("GET", "/nowhere/at/all");
  const auto text = call("GET", "/metrics").body;
  EXPECT_NE(text.find(R"(fulcrum_http_requests_total{route="/api/v1/commands",status="200"} 1)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(status="401"} 1)"), std::string::npos);
  EXPECT_NE(text.find("fulcrum_ledger_events 1"), std::string::npos);
  EXPECT_EQ(text.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace fulcrum::api
