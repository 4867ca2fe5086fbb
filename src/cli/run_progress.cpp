#include "cli/run_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/table.h"
#include "base/text.h"

namespace fulcrum::cli {

namespace {

using Clock = std::chrono::steady_clock;

struct Running {
  Clock::time_point since = Clock::now();
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::string what;
};

std::string state_word(const control::StepOutcome& step) {
  return base::text(step.cached && step.state == "done" ? "run.cached" : "run." + step.state);
}

/// A mark that reads without colour; colour is only a second cue.
std::string_view mark(const std::string& state) {
  if (state == "done") return "✓";
  if (state == "failed") return "✗";
  if (state == "refused") return "⊘";
  return "?";
}

std::string_view colour(const std::string& state) {
  if (state == "done") return "\033[32m";
  if (state == "failed") return "\033[31m";
  return "\033[33m";
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = base::display_width(text);
  return text + std::string(used < width ? width - used : 1, ' ');
}

std::string detail(const Running& running) {
  const double seconds = std::chrono::duration<double>(Clock::now() - running.since).count();
  std::string text = fmt::format("{:6.1f} s", seconds);
  if (running.total > 0)
    text += fmt::format("  {:3.0f} %", 100.0 * static_cast<double>(running.done) /
                                           static_cast<double>(running.total));
  if (running.done > 0 && seconds > 0.5)
    text += fmt::format("  {:.0f}/s", static_cast<double>(running.done) / seconds);
  if (!running.what.empty()) text += "  " + running.what;
  return text;
}

class Progress : public control::RunObserver {
 public:
  void planned(const std::string& /*run*/, const std::string& plan,
               const std::vector<std::string>& steps) override {
    for (const auto& step : steps) width_ = std::max(width_, step.size() + 2);
    fmt::print(stderr, "{}\n", base::text("run.planned", plan, steps.size()));
  }

 protected:
  std::string ended_line(const control::StepOutcome& step, bool coloured) const {
    const std::string head = fmt::format("{} {}", mark(step.state), padded(step.id, width_));
    std::string line = (coloured ? std::string(colour(step.state)) + head + "\033[0m" : head) +
                       fmt::format("{:6.1f} s  {}", step.seconds, state_word(step));
    if (step.state != "done" && !step.error.code.empty())
      line += "\n    " + base::describe(step.error);
    return line;
  }

  std::size_t width_ = 0;
};

class PlainProgress final : public Progress {
 public:
  void started(const std::string& step) override {
    fmt::print(stderr, "… {}{}\n", padded(step, width_), base::text("run.running"));
  }
  void ended(const control::StepOutcome& step) override {
    fmt::print(stderr, "{}\n", ended_line(step, false));
  }
};

class TerminalProgress final : public Progress {
 public:
  ~TerminalProgress() override { erase(); }
  void started(const std::string& step) override {
    running_[step] = {};
    redraw();
  }
  void progressed(const std::string& step, std::int64_t done, std::int64_t total,
                  const std::string& what) override {
    Running& running = running_[step];
    running.done = done;
    running.total = total;
    running.what = what;
    redraw();
  }
  void ended(const control::StepOutcome& step) override {
    running_.erase(step.id);
    erase();
    fmt::print(stderr, "{}\n", ended_line(step, true));
    draw();
  }

 private:
  void erase() {
    for (; drawn_ > 0; --drawn_) fmt::print(stderr, "\033[1A\033[2K");
  }
  void draw() {
    winsize size{};
    ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    const std::size_t columns = size.ws_col > 20 ? size.ws_col : 80;
    for (const auto& [id, running] : running_) {
      std::string line = fmt::format("… {}{}", padded(id, width_), detail(running));
      if (base::display_width(line) >= columns) line.resize(std::min(line.size(), columns - 1));
      fmt::print(stderr, "{}\n", line);
      ++drawn_;
    }
    std::fflush(stderr);
  }
  void redraw() {
    erase();
    draw();
  }

  std::map<std::string, Running> running_;
  int drawn_ = 0;
};

class SilentProgress final : public control::RunObserver {};

}  // namespace

ProgressStyle detect_progress_style() {
  return ::isatty(STDERR_FILENO) ? ProgressStyle::kTerminal : ProgressStyle::kPlain;
}

std::unique_ptr<control::RunObserver> make_run_progress(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::kTerminal:
      return std::make_unique<TerminalProgress>();
    case ProgressStyle::kPlain:
      return std::make_unique<PlainProgress>();
    case ProgressStyle::kSilent:
      break;
  }
  return std::make_unique<SilentProgress>();
}

}  // namespace fulcrum::cli
