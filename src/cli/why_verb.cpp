// fulcrum why JOB, fulcrum eta JOB: what a waiting job waits for, and until when. --json prints the
// data as job.why and job.eta answer it; for people it is put into words here.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/backend.h"
#include "cli/figures.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using base::text;

std::string gibibytes(std::int64_t bytes) {
  return number(static_cast<double>(bytes) / (std::int64_t{1} << 30)) + " GiB";
}

std::string devices(const std::string& count) {
  return count == "1" ? text("wait.device_one") : text("wait.devices", count);
}

std::string amount(const std::string& code, std::int64_t value, const std::string& resource) {
  if (code == "quota") return devices(number(static_cast<double>(value) / 1000));
  if (code == "not_enough_cpu")
    return text("wait.cores", number(static_cast<double>(value) / 1000));
  if (code == "not_enough_memory") return gibibytes(value);
  if (code == "not_enough_custom") return fmt::format("{} {}", value, resource);
  return devices(std::to_string(value));
}

/// The reason in one sentence.
std::string reason_text(const json::value& reason) {
  const std::string code = base::get_string(reason, "code");
  const std::string resource = base::get_string(reason, "resource");
  const std::string job = base::get_string(reason, "job");
  const std::int64_t need = base::get_integer(reason, "need");
  const std::int64_t free = base::get_integer(reason, "free");
  const std::int64_t capacity = base::get_integer(reason, "capacity");
  if (code == "dependency")
    return need == 1 ? text("wait.dependency_one", job) : text("wait.dependency", need, job);
  if (code == "array_limit") return text("wait.array_limit", need, resource);
  if (code == "device_kind_absent") return text("wait.device_kind_absent", need, resource);
  if (code == "gpu_model_absent") return text("wait.gpu_model_absent", need, resource);
  if (code == "gang") return text("wait.gang", need, free, capacity);
  if (code == "behind") return job.empty() ? text("wait.next") : text("wait.behind", job);
  if (code == "quota")
    return text("wait.quota", amount(code, need, resource), resource, amount(code, free, resource),
                amount(code, capacity, resource));
  if (code == "budget")
    return text("wait.budget", resource, number(base::get_number(reason, "spent_usd")),
                number(base::get_number(reason, "budget_usd")));
  if (code == "window") return text("wait.window", resource);
  if (code == "held" || code == "no_node" || code == "fragmented") return text("wait." + code);
  const std::int64_t largest = base::get_integer(reason, "largest_free_on_one_node");
  return text("wait.not_enough", amount(code, need, resource), amount(code, largest, resource),
              amount(code, free, resource), amount(code, capacity, resource));
}

std::string duration(double seconds) {
  if (seconds < 100) return text("eta.seconds", number(std::round(seconds)));
  if (seconds < 6000) return text("eta.minutes", number(std::round(seconds / 6) / 10));
  return text("eta.hours", number(std::round(seconds / 360) / 10));
}

std::string until(std::int64_t moment_us) {
  return duration(
      std::max(0.0, static_cast<double>(moment_us - base::system_clock().now_us()) / 1e6));
}

std::string listed(const json::value& object, std::string_view member) {
  std::string names;
  if (const auto* list = at(object, member).if_array())
    for (const auto& name : *list)
      names += (names.empty() ? "" : ", ") + std::string(name.as_string());
  return names;
}

std::string unblock_text(const json::value& unblock, const std::string& job) {
  const std::string when = base::get_string(unblock, "when");
  const std::int64_t count = base::get_integer(unblock, "count");
  const std::int64_t expected_us = base::get_integer(unblock, "expected_us");
  if (when == "released") return text("unblock.released", job);
  if (when == "jobs_succeed") return text("unblock.jobs_succeed", listed(unblock, "jobs"));
  if (when == "node_up") return text("unblock.node_up", listed(unblock, "nodes"));
  if (when == "job_starts") return text("unblock.job_starts", listed(unblock, "jobs"));
  if (when == "array_job_ends" && count > 0)
    return text("unblock.array_job_ends", listed(unblock, "jobs"));
  if (when == "jobs_end" && count == 1)
    return expected_us > 0
               ? text("unblock.job_ends_in", listed(unblock, "jobs"), until(expected_us))
               : text("unblock.job_ends", listed(unblock, "jobs"));
  if (when == "jobs_end")
    return expected_us > 0
               ? text("unblock.jobs_end_in", count, listed(unblock, "jobs"), until(expected_us))
               : text("unblock.jobs_end", count, listed(unblock, "jobs"));
  if (when == "budget" && expected_us > 0) return text("unblock.budget_in", until(expected_us));
  if (when == "now" || when == "node_added" || when == "budget" || when == "quota_freed" ||
      when == "window_ends")
    return text("unblock." + when);
  return {};
}

std::string ahead_text(const json::value& answer) {
  const std::int64_t count = base::get_integer(answer, "jobs_ahead");
  if (count == 0) return text("why.first");
  std::string names;
  if (const auto* list = at(answer, "ahead").if_array())
    for (const auto& job : *list)
      names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", base::get_string(job, "name"),
                           base::get_string(job, "job"));
  return count == 1 ? text("why.ahead_one", names) : text("why.ahead", count, names);
}

int why(const std::string& job, const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  const auto answer = (*backend)->query("job.why", json::object{{"job", job}});
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(*answer);
    return 0;
  }
  const json::value& reason = at(*answer, "reason");
  if (reason.is_object())
    session.output.say(reason_text(reason));
  else
    session.output.say(base::get_string(*answer, "text"));
  if (base::get_string(*answer, "state") == "queued") session.output.say(ahead_text(*answer));
  const std::string help = unblock_text(at(*answer, "unblock"), base::get_string(*answer, "job"));
  if (!help.empty()) session.output.say(help);
  return 0;
}

int eta(const std::string& job, const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  const auto answer = (*backend)->query(
      "job.eta", json::object{{"job", job}, {"now_us", base::system_clock().now_us()}});
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(*answer);
    return 0;
  }
  const std::string state = base::get_string(*answer, "state");
  const json::value &p50 = at(*answer, "p50_us"), &p90 = at(*answer, "p90_us");
  if (state != "queued") {
    session.output.say(text("eta." + (state == "running" || state == "ended" ? state : "waits")));
  } else if (p50.is_null()) {
    session.output.say(text("eta.never"));
  } else {
    session.output.say(text("eta.likely", until(p50.to_number<std::int64_t>())));
    session.output.say(p90.is_null() ? text("eta.no_p90")
                                     : text("eta.surely", until(p90.to_number<std::int64_t>())));
    const json::value& basis = at(*answer, "basis");
    session.output.say(text("eta.basis", base::get_integer(basis, "draws"),
                            base::get_integer(basis, "past_runs")));
    const std::int64_t corrected_by = base::get_integer(basis, "corrected_by");
    if (corrected_by > 0) session.output.say(text("eta.corrected", corrected_by));
  }
  return 0;
}

using Ask = int (*)(const std::string& job, const Session& session);

Action about_job(CLI::App& app, Ask ask) {
  auto job = std::make_shared<std::string>();
  app.add_option("job", *job, text("why.job"))->type_name("JOB")->required();
  return [job, ask](const Session& session) { return ask(*job, session); };
}

}  // namespace

Action why_verb(CLI::App& app, const AlsoRegister&) {
  return about_job(app, why);
}

Action eta_verb(CLI::App& app, const AlsoRegister&) {
  return about_job(app, eta);
}

}  // namespace fulcrum::cli
