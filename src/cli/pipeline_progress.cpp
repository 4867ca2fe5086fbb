#include "cli/pipeline_progress.h"

#include <unistd.h>

#include <cstdio>

#include "base/text.h"

namespace fulcrum::cli {

PipelineProgress::PipelineProgress(bool shown) : shown_(shown && ::isatty(STDERR_FILENO)) {}

PipelineProgress::~PipelineProgress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void PipelineProgress::update(std::int64_t records, std::int64_t bytes) {
  if (!shown_) return;
  const auto now = Clock::now();
  if (now - started_ < std::chrono::seconds(2) || now - last_ < std::chrono::milliseconds(200))
    return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double megabytes = static_cast<double>(bytes) / 1e6;
  std::fprintf(stderr, "\r\033[K%s",
               base::text("data.progress", records, megabytes, megabytes / seconds).c_str());
  std::fflush(stderr);
}

}  // namespace fulcrum::cli
