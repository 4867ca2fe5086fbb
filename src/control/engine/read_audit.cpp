#include "control/engine/read_audit.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

namespace fulcrum::control {

namespace json = base::json;

namespace {

std::string stream_of(const std::string& actor) {
  return "audit/" + actor;
}

ledger::NewEvent access_recorded(const std::string& actor, const std::string& what,
                                 const std::string& subject, std::uint64_t count,
                                 std::int64_t first_us, std::int64_t last_us) {
  return {stream_of(actor), std::string(kAccessRecorded),
          base::to_text(json::object{{"what", what},
                                     {"subject", subject},
                                     {"count", count},
                                     {"first_us", first_us},
                                     {"last_us", last_us}})};
}

}  // namespace

ReadAudit::ReadAudit(const base::Clock& clock, std::int64_t window_us, RecordEvidence write)
    : clock_(clock), window_us_(window_us), write_(std::move(write)) {}

ReadAudit::~ReadAudit() {
  close();
}

base::Status ReadAudit::record(const std::string& actor, std::string_view what,
                               std::string_view subject) {
  const std::int64_t now_us = clock_.now_us();
  std::shared_future<base::Status> first;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return base::failed("engine.closed", "the engine is closing");
    if (!writer_.joinable()) writer_ = std::thread([this] { run(); });
    const auto [at, is_new] =
        windows_.try_emplace(Key{actor, std::string(what), std::string(subject)});
    Window& window = at->second;
    if (is_new) {
      window.first = write(actor, access_recorded(actor, std::string(what), std::string(subject), 1,
                                                  now_us, now_us));
      if (windows_.size() == 1) changed_.notify_all();
    } else {
      if (window.count++ == 0) window.first_us = now_us;
      window.last_us = now_us;
    }
    first = window.first;
  }
  return first.get();
}

base::Status ReadAudit::record_refusal(const std::string& actor, std::string_view what) {
  return write(actor,
               {stream_of(actor), std::string(kCommandRefused),
                base::to_text(json::object{{"command", what}, {"code", "permission.denied"}})})
      .get();
}

void ReadAudit::close() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_closed_, true)) return;
  }
  changed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

std::shared_future<base::Status> ReadAudit::write(const std::string& actor,
                                                  ledger::NewEvent event) {
  auto promise = std::make_shared<std::promise<base::Status>>();
  ledger::NewEvents events;
  events.push_back(std::move(event));
  write_(actor, std::move(events), [promise](base::Result<CommandReply> reply) {
    promise->set_value(reply ? base::Status() : base::Failure(reply.error()));
  });
  return promise->get_future().share();
}

void ReadAudit::write_counts(const Windows& windows) {
  for (const auto& [key, window] : windows) {
    if (window.count == 0) continue;
    const auto& [actor, what, subject] = key;
    write_(actor,
           {access_recorded(actor, what, subject, window.count, window.first_us, window.last_us)},
           [actor = actor, what = what, count = window.count](const auto& reply) {
             // That it was read in this window is durable; only how often is lost.
             if (!reply)
               spdlog::error("{} further reads ({}) by {} are not recorded: {}", count, what, actor,
                             reply.error().message);
           });
  }
}

void ReadAudit::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return is_closed_ || !windows_.empty(); });
    changed_.wait_for(lock, std::chrono::microseconds(window_us_), [&] { return is_closed_; });
    Windows ended = std::exchange(windows_, {});
    const bool last = is_closed_;
    lock.unlock();
    write_counts(ended);
    if (last) return;
    lock.lock();
  }
}

}  // namespace fulcrum::control
