#include "control/run/services.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>

#include "base/files.h"
#include "base/hash.h"
#include "plan/variables.h"

namespace fulcrum::control {

namespace {

constexpr auto kStartLimit = std::chrono::seconds(60);
constexpr auto kStopLimit = std::chrono::seconds(10);
constexpr std::size_t kHashDigits = 8;

bool accepts_connections(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
      ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

int read_port(const std::string& path) {
  const auto content = base::read_file(path);
  int port = 0;
  if (content) std::from_chars(content->data(), content->data() + content->size(), port);
  return port;
}

}  // namespace

Services::Services(const plan::Plan& plan, exec::Executor& executor, Options options)
    : plan_(plan), executor_(executor), options_(std::move(options)) {}

Services::~Services() {
  stop_all();
}

std::string Services::folder(const std::string& name) const {
  return options_.home + "/services/" + plan_.plan + "/" + name;
}

std::string Services::prefix(const std::string& name) const {
  return "service-" + plan_.plan + "-" + name + "-";
}

std::string Services::job_id(const std::string& name) const {
  const plan::Service& service = plan_.services.at(name);
  std::string all;
  for (const auto& word : service.command) all += word + "\n";
  for (const auto& [key, value] : service.environment) all += key + "=" + value + "\n";
  return prefix(name) + base::sha256_hex(all).substr(0, kHashDigits);
}

void Services::stop_processes(const std::string& name, const std::string& keep) {
  std::vector<std::string> ending;
  const auto known = executor_.attach();
  if (!known) return;
  for (const auto& id : *known) {
    if (id == keep || !id.starts_with(prefix(name)) ||
        id.size() != prefix(name).size() + kHashDigits)
      continue;
    const auto status = executor_.status(id);
    if (!status || status->state != exec::RunState::kRunning) continue;
    if (executor_.stop(id)) ending.push_back(id);
  }
  // Whoever starts it next must not find it on its way out.
  const auto deadline = std::chrono::steady_clock::now() + kStopLimit;
  for (const auto& id : ending)
    for (auto status = executor_.status(id); status && status->state == exec::RunState::kRunning &&
                                             std::chrono::steady_clock::now() < deadline;
         status = executor_.status(id))
      executor_.wait(50'000);
}

std::string Services::fill(const std::string& name, const std::string& text) const {
  return plan::substitute(text, [&](std::string_view variable) -> std::optional<std::string> {
    if (variable == "work") return folder(name);
    if (variable == "plan_folder") return options_.plan_folder;
    if (variable == "home") return options_.home;
    return std::nullopt;
  });
}

base::Status Services::need(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (ports_.contains(name)) return {};
  const auto found = plan_.services.find(name);
  if (found == plan_.services.end())
    return base::usage("service.unknown", fmt::format("the plan has no service {}", name));
  CHECK_OK(start(name, found->second));
  return wait_until_ready(name, found->second);
}

base::Status Services::start(const std::string& name, const plan::Service& service) {
  const std::string id = job_id(name);
  stop_processes(name, id);  // of a killed run whose plan said something else
  const auto running = executor_.status(id);
  if (running && running->state == exec::RunState::kRunning) return {};
  if (running) (void)executor_.forget(id).has_value();
  CHECK_OK(base::make_folder(folder(name)));
  std::filesystem::remove(fill(name, service.port_file));
  exec::LaunchSpec launch;
  launch.job_id = id;
  for (const auto& word : service.command) launch.command.push_back(fill(name, word));
  launch.working_folder = options_.plan_folder;
  launch.environment = options_.environment;
  for (const auto& [key, value] : service.environment) launch.environment[key] = fill(name, value);
  return executor_.start(launch);
}

base::Status Services::wait_until_ready(const std::string& name, const plan::Service& service) {
  const std::string id = job_id(name);
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    const int port = read_port(fill(name, service.port_file));
    if (port > 0 && accepts_connections(port)) {
      ports_[name] = std::to_string(port);
      return {};
    }
    const auto status = executor_.status(id);
    if (!status || status->state != exec::RunState::kRunning) break;
    executor_.wait(50'000);
  }
  const auto log = executor_.log(id, 0, 1 << 20);
  const std::string tail = log ? log->substr(log->size() > 2000 ? log->size() - 2000 : 0) : "";
  return base::failed("service.start",
                      fmt::format("service {} did not answer; its log ends:\n{}", name, tail),
                      fmt::format("it must write its port to {}", fill(name, service.port_file)));
}

std::string Services::value(const std::string& name, const std::string& member) const {
  const std::lock_guard lock(mutex_);
  if (member == "folder") return folder(name);
  const auto port = ports_.find(name);
  if (port == ports_.end()) return {};
  if (member == "port") return port->second;
  if (member == "url") return "http://127.0.0.1:" + port->second;
  return {};
}

void Services::stop_all() {
  const std::lock_guard lock(mutex_);
  // All of them: one that a killed run left behind may not have been needed since.
  for (const auto& [name, service] : plan_.services) stop_processes(name, {});
  ports_.clear();
}

}  // namespace fulcrum::control
