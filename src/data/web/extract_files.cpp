#include "data/web/extract_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/json.h"
#include "data/web/page_files.h"

namespace fulcrum::data::web {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTasksAThread = 16;          // waiting or worked on
constexpr std::size_t kWaitingBytes = 256U << 20;  // of pages out of archives
constexpr std::size_t kSamples = 5;

struct Task {
  PageSource page;
  std::optional<base::Error> error;  // what the reader could not read
  bool is_done = false;
  bool has_text = false;
  std::size_t html_bytes = 0;
  std::string line;
};

std::string line_of(const PageSource& page, const Extraction& extraction) {
  base::json::object line{{"id", page.id}};
  const auto add = [&line](const char* name, const std::string& value) {
    if (!value.empty()) line[name] = value;
  };
  add("url", page.url);
  line["title"] = extraction.title;
  line["text"] = extraction.text;
  add("language", extraction.language);
  add("author", extraction.author);
  add("published", extraction.published);
  return base::to_text(line) + "\n";
}

void work_on(Task& task, const ExtractSettings& given) {
  ExtractSettings settings = given;
  if (!task.page.file.empty()) {
    auto html = read_page_file(task.page.file, settings.max_bytes);
    if (!html) {
      task.error = std::move(html.error());
      return;
    }
    task.page.html = std::move(*html);
  }
  if (!task.page.http_charset.empty()) settings.http_charset = task.page.http_charset;
  const Extraction extraction = extract(task.page.html, settings);
  task.html_bytes = task.page.html.size();
  task.has_text = !extraction.text.empty();
  task.line = line_of(task.page, extraction);
  task.page.html = {};
}

/// A file that replaces another when it is whole.
class NewFile {
 public:
  explicit NewFile(const fs::path& path) : path_(path), part_(path.string() + ".part") {
    file_.reset(std::fopen(part_.c_str(), "wb"));
  }
  ~NewFile() {
    if (!file_) return;
    file_.reset();
    std::remove(part_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  base::Status write(std::string_view bytes) {
    if (file_ && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
    return failure();
  }
  base::Status finish() {
    if (!file_ || std::fflush(file_.get()) != 0 || fsync(fileno(file_.get())) != 0)
      return failure();
    if (std::rename(part_.c_str(), path_.c_str()) != 0) return failure();
    file_.reset();
    return {};
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  base::Failure failure() const {
    return base::failed("file.write",
                        fmt::format("cannot write {}: {}", part_, std::strerror(errno)),
                        "check the folder, its permissions and its free space");
  }
  fs::path path_;
  std::string part_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// One thread reads archives, many extract, the caller writes; tasks stay in order.
class Extractor {
 public:
  Extractor(const ExtractJob& job, std::vector<fs::path> files)
      : job_(job), files_(std::move(files)), out_(job.out) {
    threads_ = job.threads != 0 ? job.threads : std::max(1U, std::thread::hardware_concurrency());
  }

  base::Result<ExtractTotals> run(const std::function<void(const ExtractProgress&)>& progress) {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { read(); });
    for (unsigned i = 0; i < threads_; ++i) threads.emplace_back([this] { work(); });
    base::Status written = write(progress);
    {
      const std::scoped_lock lock(mutex_);
      is_stopped_ = true;
    }
    changed_.notify_all();
    threads.clear();
    CHECK_OK(std::move(written));
    CHECK_OK(out_.finish());
    totals_.files = files_.size();
    return totals_;
  }

 private:
  void read();
  void work();
  base::Status write(const std::function<void(const ExtractProgress&)>& progress);
  base::Status account(Task& task);
  bool push(Task task);
  std::string id_of(const fs::path& file) const {
    return fs::is_directory(job_.in) ? file.lexically_relative(job_.in).generic_string()
                                     : file.filename().string();
  }

  const ExtractJob& job_;
  std::vector<fs::path> files_;
  NewFile out_;
  unsigned threads_ = 1;
  ExtractTotals totals_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Task>> tasks_;    // to write, in order
  std::deque<std::shared_ptr<Task>> waiting_;  // of these, to work on
  std::size_t waiting_bytes_ = 0;
  std::uint64_t files_read_ = 0;
  bool is_read_ = false, is_stopped_ = false;
};

/// False when nothing more is wanted.
bool Extractor::push(Task task) {
  auto shared = std::make_shared<Task>(std::move(task));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return is_stopped_ ||
           (tasks_.size() < threads_ * kTasksAThread && waiting_bytes_ < kWaitingBytes);
  });
  if (is_stopped_) return false;
  waiting_bytes_ += shared->page.html.size();
  tasks_.push_back(shared);
  waiting_.push_back(std::move(shared));
  changed_.notify_all();
  return true;
}

void Extractor::read() {
  const auto pass = [this](PageSource page) {
    Task task;
    task.page = std::move(page);
    return push(std::move(task));
  };
  const auto skip = [this](const base::Error& error) {
    Task task;
    task.error = error;
    return push(std::move(task));
  };
  for (const fs::path& file : files_) {
    bool goes_on = true;
    if (is_archive(file)) {
      if (const auto status = each_archived_page(file, job_.settings.max_bytes, pass, skip);
          !status)
        goes_on = skip(status.error());
    } else {
      goes_on = pass({.id = id_of(file), .url = {}, .html = {}, .http_charset = {}, .file = file});
    }
    const std::scoped_lock lock(mutex_);
    ++files_read_;
    if (!goes_on || is_stopped_) break;
  }
  const std::scoped_lock lock(mutex_);
  is_read_ = true;
  changed_.notify_all();
}

void Extractor::work() {
  for (;;) {
    std::shared_ptr<Task> task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_stopped_ || is_read_ || !waiting_.empty(); });
      if (is_stopped_ || waiting_.empty()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const std::size_t held = task->page.html.size();
    if (!task->error) work_on(*task, job_.settings);
    const std::scoped_lock lock(mutex_);
    waiting_bytes_ -= held;
    task->is_done = true;
    changed_.notify_all();
  }
}

base::Status Extractor::account(Task& task) {
  if (task.error) {
    if (job_.stops_at_damage) return base::Failure(std::move(*task.error));
    ++totals_.skipped;
    if (totals_.skipped_samples.size() < kSamples)
      totals_.skipped_samples.push_back(base::describe(*task.error));
    return {};
  }
  ++totals_.pages;
  totals_.bytes_in += task.html_bytes;
  totals_.bytes_out += task.line.size();
  totals_.without_text += task.has_text ? 0 : 1;
  return out_.write(task.line);
}

base::Status Extractor::write(const std::function<void(const ExtractProgress&)>& progress) {
  for (;;) {
    std::vector<std::shared_ptr<Task>> done;
    ExtractProgress now;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] {
        return (!tasks_.empty() && tasks_.front()->is_done) || (is_read_ && tasks_.empty());
      });
      if (tasks_.empty()) return {};
      for (; !tasks_.empty() && tasks_.front()->is_done; tasks_.pop_front())
        done.push_back(std::move(tasks_.front()));
      now.files = files_read_;
      changed_.notify_all();
    }
    for (const auto& task : done) CHECK_OK(account(*task));
    now.pages = totals_.pages;
    now.bytes_in = totals_.bytes_in;
    now.files_in_all = files_.size();
    if (progress) progress(now);
  }
}

}  // namespace

base::Result<ExtractTotals> extract_files(
    const ExtractJob& job, const std::function<void(const ExtractProgress&)>& progress) {
  TRY(auto files, page_files_in(job.in));
  return Extractor(job, std::move(files)).run(progress);
}

base::Result<Extraction> extract_file(const fs::path& path, const ExtractSettings& settings) {
  TRY(const std::string html, read_page_file(path, settings.max_bytes));
  return extract(html, settings);
}

}  // namespace fulcrum::data::web
