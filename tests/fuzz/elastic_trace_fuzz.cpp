// sched/trace: traces of jobs that resize, with the profiles beside them. The input's first line
// names the format; lines "---" separate the workload, placements.csv and scalability.csv, which
// every application gets.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "fuzz/fuzz.h"
#include "sched/trace/elastic.h"
#include "sched/trace/pollux_profiles.h"

namespace {

using namespace fulcrum;
namespace fs = std::filesystem;

/// A folder of this process; gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "fulcrum-elastic-XXXXXX").string();
    fuzz::must(::mkdtemp(name.data()) != nullptr, "a folder");
    path_ = name;
    fs::create_directories(path_ / "profiles" / "bert");
    for (const char* other : {"cifar10", "deepspeech2", "imagenet", "ncf", "yolov3"})
      fs::create_directory_symlink("bert", path_ / "profiles" / other);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path write(const fs::path& name, std::string_view content) const {
    const fs::path path = path_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  fs::path path_;
};

std::string_view take_part(std::string_view& input) {
  const auto end = input.find("---\n");
  const auto part = input.substr(0, end);
  input = end == std::string_view::npos ? std::string_view{} : input.substr(end + 4);
  return part;
}

void check(const sched::ElasticTrace& trace) {
  double last_s = -INFINITY;
  for (const auto& job : trace.jobs) {
    fuzz::must(std::isfinite(job.submit_s) && job.submit_s >= last_s, "jobs come in order of time");
    fuzz::must(std::isfinite(job.priority) && job.priority > 0, "a priority is above 0");
    fuzz::must(std::isfinite(job.duration_s) && job.duration_s >= 0, "a job lasts");
    fuzz::must(job.asked > 0 && job.most > 0, "a job asks for replicas");
    fuzz::must(trace.groups.empty() || job.group < trace.groups.size(), "a job's group is listed");
    fuzz::must(job.duration_s > 0 || job.application < trace.applications.size(),
               "a job that trains is of an application");
    last_s = job.submit_s;
  }
  const sched::Allocation one{sched::Part{0, 1}};
  for (const auto& application : trace.applications) {
    const auto time = application.steps.at(one, application.limits.least_local);
    fuzz::must(std::isfinite(time.step_s) && time.step_s >= 0 && time.sync_s <= time.step_s,
               "a step takes a while, its communication no longer");
  }
}

}  // namespace

FUZZ(elastic_trace) {
  static const Folder folder;
  const auto reader =
      sched::find_elastic_format(fuzz::take_line(input) == "shockwave" ? "shockwave" : "pollux");
  const fs::path workload = folder.write("workload.csv", take_part(input));
  const std::string_view placements = take_part(input), sizes = take_part(input);
  folder.write("profiles/bert/placements.csv", placements);
  folder.write("profiles/bert/scalability.csv", sizes);
  const auto strict = reader(workload, {.lenient = false});
  const auto lenient = reader(workload, {.lenient = true});
  if (strict) check(*strict);
  if (lenient) check(*lenient);
  fuzz::must(!strict || (lenient && lenient->jobs.size() == strict->jobs.size()),
             "what is read strictly is read leniently, too");
}
