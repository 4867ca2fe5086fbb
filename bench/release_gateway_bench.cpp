// Requests a second through the gateway: clients, gateway and two model servers that answer at
// once, over HTTP on loopback in one process.
//   release_gateway_bench [clients] [requests]
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/json.h"
#include "control/canary/gateway.h"
#include "http/http_server.h"
#include "support/tiny_http.h"

namespace {

using namespace fulcrum;
using Steady = std::chrono::steady_clock;

struct Load {
  std::string url;
  int clients = 4;
  int requests = 20'000;
  bool with_feedback = false;
};

std::string history() {
  std::string items;
  for (int i = 0; i < 50; ++i) items += fmt::format("{}\"i{}\"", i ? "," : "", i);
  return items;
}

/// Seconds for every request's round trip, in no order.
std::vector<double> run(const Load& load, const std::string& prefix) {
  std::vector<std::vector<double>> seconds(static_cast<std::size_t>(load.clients));
  std::vector<std::thread> threads;
  std::atomic<int> next{0};
  const std::string items = history();
  for (auto& mine : seconds)
    threads.emplace_back([&] {
      const auto gateway = control::open_upstream(load.url, 10'000);
      for (int i = next++; i < load.requests; i = next++) {
        const auto begin = Steady::now();
        const auto answer = gateway->post(
            "/v2/models/shop/infer",
            fmt::format("{{\"id\":\"{0}{1}\",\"inputs\":[{{\"name\":\"history\",\"shape\":[50],"
                        "\"datatype\":\"BYTES\",\"data\":[{2}]}}],\"parameters\":{{\"user\":"
                        "\"u{3}\",\"k\":10}}}}",
                        prefix, i, items, i % 2000));
        if (!answer || answer->status != 200) std::abort();
        mine.push_back(std::chrono::duration<double>(Steady::now() - begin).count());
        if (load.with_feedback)
          (void)gateway
              ->post("/v2/feedback", fmt::format("{{\"id\":\"{}{}\",\"reward\":1}}", prefix, i))
              .has_value();
      }
    });
  for (auto& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& mine : seconds) all.insert(all.end(), mine.begin(), mine.end());
  return all;
}

void report(const char* what, const Load& load) {
  const auto begin = Steady::now();
  auto seconds = run(load, what);
  const double total = std::chrono::duration<double>(Steady::now() - begin).count();
  std::sort(seconds.begin(), seconds.end());
  const double http = static_cast<double>(seconds.size()) * (load.with_feedback ? 2 : 1);
  fmt::print(
      "{{\"bench\":\"release.gateway\",\"what\":\"{}\",\"clients\":{},\"requests\":{},"
      "\"requests_per_s\":{:.0f},\"infer_p50_ms\":{:.3f},\"infer_p95_ms\":{:.3f}}}\n",
      what, load.clients, http, http / total, seconds[seconds.size() / 2] * 1e3,
      seconds[seconds.size() * 95 / 100] * 1e3);
}

}  // namespace

int main(int argc, char** argv) {
  Load load;
  if (argc > 1) load.clients = std::max(1, std::atoi(argv[1]));
  if (argc > 2) load.requests = std::max(100, std::atoi(argv[2]));
  const auto model = [](const fulcrum::testing::TinyRequest&) {
    return fulcrum::testing::TinyResponse{200, "{\"outputs\":[]}"};
  };
  fulcrum::testing::TinyHttp stable(model), candidate(model);
  const auto objects = objects::open_memory_store();
  control::GatewayOptions options;
  options.model = "shop";
  options.release = "bench";
  options.stable_version = "v1";
  options.candidate_version = "v2";
  control::Gateway gateway(options, *objects);
  gateway.open_arm(release::Arm::kStable, stable.url());
  gateway.open_arm(release::Arm::kCandidate, candidate.url());
  const auto server =
      http::start_http_server({.port = 0, .threads = 4}, [&](const http::HttpRequest& request) {
        auto response = gateway.handle({request.method, request.path, request.body});
        return http::HttpResponse{response.status, std::move(response.content_type),
                                  std::move(response.body), std::move(response.headers)};
      });
  if (!server) return 1;
  load.url = fmt::format("http://127.0.0.1:{}", (*server)->port());
  Load direct = load;
  direct.url = stable.url();
  report("direct", direct);
  report("infer", load);
  load.with_feedback = true;
  report("infer_and_feedback", load);
  return 0;
}
